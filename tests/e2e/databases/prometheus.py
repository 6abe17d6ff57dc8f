"""A Prometheus beside the cluster, which reads the platform's rules and the databases' metrics as one in it would."""

import json
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spec.labels import RULES
from tests.e2e.ports import free_port
from tests.e2e.stacks import kubectl

EVERY = "5s"
PATIENCE = 20.0  # seconds
METRICS_PORT = 9187


@dataclass(frozen=True)
class Prometheus:
    """One that runs."""

    address: str

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.address}/api/v1/{path}", timeout=5) as answer:
            return json.load(answer)["data"]

    def values(self, query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("query?" + urllib.parse.urlencode({"query": query}))["result"]
        return found

    def firing(self, alert: str) -> list[dict[str, str]]:
        """Return the labels of each alert of this name that fires."""
        found = self.ask("alerts")["alerts"]
        return [each["labels"] for each in found if each["state"] == "firing" and each["labels"]["alertname"] == alert]


@contextmanager
def prometheus(folder: Path, namespaces: Sequence[str]) -> Iterator[Prometheus]:
    """Give one that looks at the databases of some namespaces; afterwards it is gone."""
    port = free_port()
    config = folder / "prometheus.json"
    config.write_text(json.dumps(_config(_rules(folder), namespaces)))
    words = [f"--config.file={config}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"]
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen(["prometheus", *words], stdout=log, stderr=log)
        try:
            found = Prometheus(f"http://127.0.0.1:{port}")
            _answers(found, folder / "prometheus.log")
            yield found
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _rules(folder: Path) -> list[str]:
    """Write what the cluster's ConfigMaps of rules hold into files."""
    found = json.loads(kubectl("get", "configmaps", "-A", "-l", f"{RULES}=prometheus", "-o", "json"))["items"]
    files = [(name, text) for each in found for name, text in each["data"].items()]
    for name, text in files:
        (folder / name).write_text(text)
    return [str(folder / name) for name, _ in files]


def _config(rules: Sequence[str], namespaces: Sequence[str]) -> dict[str, Any]:
    return {
        "global": {"scrape_interval": EVERY, "scrape_timeout": EVERY, "evaluation_interval": EVERY},
        "rule_files": list(rules),
        "scrape_configs": [
            {
                "job_name": "databases",
                "static_configs": [target for namespace in namespaces for target in _instances(namespace)],
            }
        ],
    }


def _instances(namespace: str) -> list[dict[str, Any]]:
    """Return the instances of a namespace's databases, labelled as one that asks the API server labels them."""
    found = json.loads(kubectl("get", "pods", "-n", namespace, "-l", "cnpg.io/podRole=instance", "-o", "json"))["items"]
    return [
        {
            "targets": [f"{pod['status']['podIP']}:{METRICS_PORT}"],
            "labels": {"namespace": namespace, "pod": pod["metadata"]["name"]},
        }
        for pod in found
    ]


def _answers(found: Prometheus, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            found.ask("status/runtimeinfo")
            return
        except OSError:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
