"""X7: a drill that cannot begin says why in a line or two, and measures nothing."""

from pathlib import Path

import pytest

from tests.builders import a_tenant_document, an_app
from tests.cli.projects import a_project, paas

NOWHERE = """\
apiVersion: v1
kind: Config
clusters: [{name: x, cluster: {server: "http://127.0.0.1:9"}}]
contexts: [{name: x, context: {cluster: x, user: x}}]
current-context: x
"""


@pytest.mark.parametrize(
    ("words", "text", "why"),
    [
        (("certificate", "web"), "", "KUBECONFIG names no cluster"),
        (("certificate", "web"), NOWHERE, "Connection refused"),
        (("failover", "orders"), "", "KUBECONFIG names no cluster"),
    ],
)
def test_a_drill_without_a_cluster_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, str], text: str, why: str
) -> None:
    config = tmp_path / "kubeconfig"
    config.write_text(text)
    monkeypatch.setenv("KUBECONFIG", str(config))
    apps = {"web": an_app(hosts=["www.acme.example"])}
    tenant = a_tenant_document(apps=apps, domains=["acme.example"], databases={"orders": {"plan": "small"}})
    verb, subject = words
    ended = paas(a_project(tmp_path / "project", tenant), "drill", verb, "acme-prod", subject)
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.startswith("error: the drill could not be done: ")
    assert why in ended.err
