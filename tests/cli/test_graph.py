"""Pictures of stack files."""

import re
from pathlib import Path

from cli import _picture
from tests.builders import a_tenant, an_app
from tests.cli.projects import a_project, a_quiet, paas
from tests.e2e.stacks import ROOT

LINE = re.compile(
    r'flowchart LR|subgraph n_\w+\["[^"]+"\]|end|n_\w+\["[^"]+"\]|n_\w+(\(\["[^"]+"\]\))? (-->|-\.->)(\|"[^"]+"\|)? '
    r'n_\w+(\(\["[^"]+"\]\))?'
)


def test_a_tenant_is_drawn_with_what_reaches_it_and_what_it_reaches() -> None:
    spec = a_tenant(
        domains=["acme.example"],
        namespaces={"batch": {"percent": 20}},
        egress={"pay": {"cidr": "203.0.113.0/24", "ports": [443], "reason": "payments"}},
        apps={"web": an_app(hosts=["www.acme.example"], bindings={"api": {"app": "api"}}), "api": an_app()},
        jobs={"report": {"image": "registry.example.com/a:1", "namespace": "batch", "bindings": {"w": {"app": "web"}}}},
    )
    assert _picture.tenant(spec) == (
        "flowchart LR\n"
        '  subgraph n_acme_2d_prod["acme-prod"]\n'
        '    n_apps_2e_web["apps.web"]\n'
        '    n_apps_2e_api["apps.api"]\n'
        "  end\n"
        '  subgraph n_acme_2d_prod_2d__2d_batch["acme-prod--batch"]\n'
        '    n_jobs_2e_report["jobs.report"]\n'
        "  end\n"
        '  n_www_2e_acme_2e_example(["www.acme.example"]) --> n_apps_2e_web\n'
        '  n_apps_2e_web -->|"api"| n_apps_2e_api\n'
        '  n_jobs_2e_report -->|"w"| n_apps_2e_web\n'
        '  n_acme_2d_prod -.-> n_egress_2e_pay(["pay: 203.0.113.0/24, TCP 443"])\n'
        '  n_acme_2d_prod_2d__2d_batch -.-> n_egress_2e_pay(["pay: 203.0.113.0/24, TCP 443"])\n'
    )


def test_the_fleet_of_the_repository_is_drawn_and_every_line_is_mermaid() -> None:
    for words in ((), ("acme-prod",), ("initech-prod",), ("platform",)):
        drawn = paas(ROOT, "graph", *words)
        assert drawn.code == 0
        lines = [line.strip() for line in drawn.out.splitlines()]
        assert [line for line in lines if not LINE.fullmatch(line)] == []
    whole = paas(ROOT, "graph").out
    assert '  subgraph n_tenant_2e_acme["acme, of storefront"]\n    n_acme_2d_prod["acme-prod, standard"]\n' in whole
    assert "  n_platform --> n_acme_2d_prod\n" in whole


def test_what_cannot_be_used_is_not_drawn(tmp_path: Path) -> None:
    a_project(tmp_path, a_quiet("acme", tier="huge"))
    assert paas(tmp_path, "graph").code == 7
    assert paas(tmp_path, "graph", "gone-dev").code == 1
