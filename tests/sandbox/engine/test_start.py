"""Plugins start with every command, so they load little."""

import subprocess
import sys

from sandbox.machine.paths import ROOT

HEAVY = ("pulumi.output", "opentelemetry", "pulumi_kubernetes", "pydantic", "rich", "sandbox.machine")


def loaded_after(code: str) -> set[str]:
    asked = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"], cwd=ROOT, capture_output=True, check=True
    )
    return set(asked.stdout.decode().split())


def test_the_language_host_loads_the_protocol_and_nothing_heavy() -> None:
    loaded = loaded_after("import sandbox.engine.language.__main__")
    assert "pulumi.runtime.proto.language_pb2" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_an_sdk_that_is_loaded_already_stays() -> None:
    loaded = loaded_after(
        "import pulumi\nfrom sandbox.engine.light import import_protocol_only\nimport_protocol_only()\npulumi.Output"
    )
    assert "pulumi.output" in loaded
