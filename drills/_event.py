"""Verdicts in the cluster: an event about what was drilled, for whoever asks there when the last drill was."""

import secrets
from datetime import UTC, datetime

from apiserver import Cluster
from drills.verdict import Verdict


def told(cluster: Cluster, path: str, verdict: Verdict) -> Verdict:
    """Write the event, and return the verdict.

    Args:
        path: of the object that it is about.
    """
    about = cluster.get(path)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    figures = ", ".join(f"{name} {value:g}" for name, value in verdict.figures.items())
    failed = "; ".join(f"{check.name}: {check.found}, not {check.wanted}" for check in verdict.checks if not check.ok)
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"paas-drill-{secrets.token_hex(5)}", "namespace": verdict.namespace},
        "type": "Normal" if verdict.passed else "Warning",
        "reason": f"Drill{verdict.drill.capitalize()}{'Passed' if verdict.passed else 'Failed'}",
        "message": (failed or figures)[:1024],
        "source": {"component": "paas-drill"},
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
        "involvedObject": {
            "apiVersion": about["apiVersion"],
            "kind": about["kind"],
            "namespace": verdict.namespace,
            "name": about["metadata"]["name"],
            "uid": about["metadata"]["uid"],
        },
    }
    cluster.call("POST", f"/api/v1/namespaces/{verdict.namespace}/events", event)
    return verdict
