"""Pictures of stack files."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from review import picture
from tests.builders import a_tenant, an_app
from tests.cli.projects import a_project, a_quiet, paas
from tests.e2e.stacks import ROOT

LINE = re.compile(
    r'flowchart LR|acc(Title|Descr): .+|subgraph n_\w+\["[^"]+"\]|end|n_\w+(\["[^"]+"\]|\(\["[^"]+"\]\))|'
    r'n_\w+ (-->|-\.->)(\|"[^"]+"\|)? n_\w+'
)
SPEC = a_tenant(
    domains=["acme.example"],
    namespaces={"batch": {"percent": 20}},
    egress={"pay": {"cidr": "203.0.113.0/24", "ports": [443], "reason": "payments"}},
    apps={"web": an_app(hosts=["www.acme.example"], bindings={"api": {"app": "api"}}), "api": an_app()},
    jobs={"report": {"image": "registry.example.com/a:1", "namespace": "batch", "bindings": {"w": {"app": "web"}}}},
)


def test_a_tenant_is_drawn_with_what_reaches_it_and_what_it_reaches() -> None:
    assert picture.mermaid(picture.tenant(SPEC)) == (
        "flowchart LR\n"
        "  accTitle: Environment acme-prod\n"
        "  accDescr: 2 namespaces with 2 apps, 0 databases and 1 job, reached by 1 host, may call 1 place outside.\n"
        '  subgraph n_acme_2d_prod["acme-prod<br>80 % of the tier standard"]\n'
        '    n_apps_2e_web["apps.web<br>2 copies"]\n'
        '    n_apps_2e_api["apps.api<br>2 copies"]\n'
        "  end\n"
        '  subgraph n_acme_2d_prod_2d__2d_batch["acme-prod--batch<br>20 % of the tier standard"]\n'
        '    n_jobs_2e_report["jobs.report<br>job"]\n'
        "  end\n"
        '  n_www_2e_acme_2e_example(["www.acme.example<br>host"])\n'
        '  n_egress_2e_pay(["pay<br>203.0.113.0/24, TCP 443"])\n'
        "  n_www_2e_acme_2e_example --> n_apps_2e_web\n"
        '  n_apps_2e_web -->|"api"| n_apps_2e_api\n'
        '  n_jobs_2e_report -->|"w"| n_apps_2e_web\n'
        "  n_acme_2d_prod -.-> n_egress_2e_pay\n"
        "  n_acme_2d_prod_2d__2d_batch -.-> n_egress_2e_pay\n"
    )


def test_the_drawing_says_the_same() -> None:
    root = ElementTree.fromstring(picture.svg(picture.tenant(SPEC), alone=True))
    said = [text.strip() for text in root.itertext() if text.strip()]
    for word in ("acme-prod--batch", "apps.api", "www.acme.example", "pay: payments", "203.0.113.0/24, TCP 443"):
        assert word in said
    assert len(root.findall(".//*[@class='line']/*[@class='tip']/..")) + len(
        root.findall(".//*[@class='line inner']")
    ) == len([edge for edge in picture.tenant(SPEC).edges if not edge.loose])


def test_the_fleet_of_the_repository_is_drawn_and_every_line_is_mermaid() -> None:
    for words in ((), ("acme-prod",), ("initech-prod",), ("platform",)):
        drawn = paas(ROOT, "graph", *words)
        assert drawn.code == 0
        lines = [line.strip() for line in drawn.out.splitlines()]
        assert [line for line in lines if not LINE.fullmatch(line)] == []
    whole = paas(ROOT, "graph").out
    assert '  subgraph n_tenant_2e_acme["acme<br>of storefront"]\n    n_acme_2d_prod["acme-prod<br>standard, ' in whole
    assert "  n_platform --> n_acme_2d_prod\n" in whole


@pytest.mark.parametrize("words", [(), ("acme-prod",)])
def test_an_svg_is_a_file_of_its_own(words: tuple[str, ...]) -> None:
    drawn = paas(ROOT, "graph", *words, "--output", "svg").out
    root = ElementTree.fromstring(drawn)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "acme-prod" in "".join(root.itertext())
    assert "prefers-color-scheme: dark" in drawn
    assert re.findall(r'(?:href|src)=|url\(|https?://(?!www\.w3\.org/2000/svg")', drawn) == []


def test_two_hundred_tenants_are_drawn_in_columns(tmp_path: Path) -> None:
    a_project(tmp_path, *(a_quiet(f"tenant{number:03}") for number in range(200)))
    root = ElementTree.fromstring(paas(tmp_path, "graph", "-o", "svg").out)
    assert float(root.attrib["width"]) < 1440
    assert "tenant199-dev" in "".join(root.itertext())


def test_what_cannot_be_used_is_not_drawn(tmp_path: Path) -> None:
    a_project(tmp_path, a_quiet("acme", tier="huge"))
    assert paas(tmp_path, "graph").code == 7
    assert paas(tmp_path, "graph", "gone-dev").code == 1
