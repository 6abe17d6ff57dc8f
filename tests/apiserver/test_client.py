"""The one client of the API server: what it returns, and what goes wrong in words with the way on (X7)."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apiserver import Cluster, Late, NotYet, Refused, Unreachable, kinds, labelled, wait
from apiserver import cluster as module
from tests.apiserver.servers import Fake, closed, kubeconfig, serving, silent, status

POD = "/api/v1/namespaces/acme-prod/pods/web"


@pytest.fixture
def fake() -> Iterator[Fake]:
    with serving(Fake()) as found:
        yield found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("a: [", "it is no YAML"),
        ("words", "it is not a kubeconfig"),
        ("[1]", "it is not a kubeconfig"),
        ("clusters: []", "Expected key current-context"),
    ],
)
def test_a_kubeconfig_that_names_no_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, why: str
) -> None:
    (tmp_path / "config").write_text(text)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    with pytest.raises(Unreachable, match=f"^KUBECONFIG names no cluster: .*{why}") as told:
        Cluster()
    assert told.value.fix == "look at KUBECONFIG; `paas doctor`"


def test_a_kubeconfig_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    with pytest.raises(Unreachable, match="KUBECONFIG names no cluster"):
        Cluster()


def test_a_stack_has_a_kubeconfig_of_its_own() -> None:
    with pytest.raises(Unreachable, match=r"^the stack's kubeconfig names no cluster"):
        Cluster("{}")


ASKS: dict[str, Callable[[Cluster], object]] = {
    "an object": lambda cluster: cluster.get(POD),
    "a text": lambda cluster: cluster.text(f"{POD}/log"),
    "a command": lambda cluster: cluster.run("acme-prod", "web", "web", ["true"]),
}


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS.keys())
def test_nobody_is_there(ask: Callable[[Cluster], object]) -> None:
    where = closed()
    cluster = Cluster(kubeconfig(where))
    with pytest.raises(Unreachable, match=f"^the cluster at {where} does not answer: .*Connection refused$"):
        ask(cluster)
    assert not cluster.answers()


def test_somebody_is_there_and_silent_and_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT", (4, 0.5))
    with silent() as where:
        began = time.monotonic()
        with pytest.raises(Unreachable, match=f"{where} does not answer: timed out: no answer within 0.5 s$"):
            Cluster(kubeconfig(where)).get(POD)
        assert time.monotonic() - began < 1.4, "three more times are what the library does by itself"


def test_a_name_that_nobody_knows() -> None:
    with pytest.raises(Unreachable, match="does not answer: its name is not known"):
        Cluster(kubeconfig("https://cluster.invalid:6443")).get(POD)


def test_what_speaks_no_tls_is_told_without_a_stumble(fake: Fake) -> None:
    where = Cluster(fake.kubeconfig.replace("http:", "https:"))
    with pytest.raises(Unreachable, match="does not answer: SSLError"):
        where.get(POD)


def test_what_is_not_there_is_none_and_what_cannot_be_written_is_refused(fake: Fake) -> None:
    cluster = Cluster(fake.kubeconfig)
    assert cluster.get(POD) is None
    assert cluster.call("DELETE", POD) is None
    with pytest.raises(Refused, match=f"^PATCH {POD}: 404 404 page not found$"):
        cluster.call("PATCH", POD, {}, content=module.MERGE)
    with pytest.raises(Refused, match="404"):
        cluster.text(f"{POD}/log")


@pytest.mark.parametrize(
    ("code", "kind", "fix"),
    [
        (401, Refused, "log in anew"),
        (403, Refused, "may do that"),
        (422, Refused, ""),
        (429, NotYet, ""),
        (503, NotYet, ""),
    ],
)
@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS.keys())
def test_a_refusal_has_the_servers_own_words(
    fake: Fake, ask: Callable[[Cluster], object], code: int, kind: type[Refused], fix: str
) -> None:
    said = """pods "web" isn't for 'u'"""
    for path in (POD, f"{POD}/log", f"{POD}/exec"):
        fake.answers[f"GET {path}"] = status(code, said)
    with pytest.raises(Refused) as told:
        ask(Cluster(fake.kubeconfig))
    assert type(told.value) is kind
    assert str(told.value).endswith(f": {code} {said}")
    assert told.value.status == code
    assert fix in told.value.fix
    assert bool(told.value.fix) is bool(fix)


def test_a_list_that_is_not_there_is_not_an_empty_one(fake: Fake) -> None:
    fake.answers["GET /api/v1/pods"] = (200, {"items": [{"metadata": {"name": "web"}}]})
    cluster = Cluster(fake.kubeconfig)
    assert cluster.items("/api/v1/pods") == [{"metadata": {"name": "web"}}]
    with pytest.raises(Refused, match="404 the cluster lists no such thing"):
        cluster.items("/apis/postgresql.cnpg.io/v1/clusters")


class Ran:
    """A command in a pod, as the library hands it over."""

    def __init__(self, end: object, *, runs: bool = False) -> None:
        self.end, self.runs, self.closed = end, runs, False

    def run_forever(self, timeout: float) -> None:
        if isinstance(self.end, OSError):
            raise self.end

    def is_open(self) -> bool:
        return self.runs

    @property
    def sock(self) -> "Ran":
        return self

    def shutdown(self) -> None:
        self.closed = True

    def read_stdout(self) -> str:
        return "out"

    def read_stderr(self) -> str:
        return "err\n"

    @property
    def returncode(self) -> object:
        if isinstance(self.end, Exception):
            raise self.end
        return self.end


@pytest.mark.parametrize(
    ("ran", "kind", "told"),
    [
        (Ran(2), Refused, "^acme-prod/web: err$"),
        (Ran(ConnectionResetError("reset")), NotYet, "^acme-prod/web: the connection ended before the command did$"),
        (Ran(TypeError("no status")), NotYet, "^acme-prod/web: the connection ended before the command did$"),
        (Ran(ValueError("no such program")), Refused, "^acme-prod/web: the command could not be run: no such program$"),
        (Ran(0, runs=True), Late, "^sleep 9 in acme-prod/web did not end within 1 s$"),
    ],
)
def test_how_a_command_ends_is_told(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, ran: Ran, kind: type[Exception], told: str
) -> None:
    monkeypatch.setattr("kubernetes.stream.stream", lambda *_, **__: ran)
    with pytest.raises(kind, match=told) as ended:
        Cluster(fake.kubeconfig).run("acme-prod", "web", "web", ["sleep", "9"], within=1)
    assert type(ended.value) is kind
    assert ran.closed


def test_a_command_that_ends_well_returns_what_it_printed(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = Ran(0)
    monkeypatch.setattr("kubernetes.stream.stream", lambda *_, **__: ran)
    assert Cluster(fake.kubeconfig).run("acme-prod", "web", "web", ["true"]) == "out"
    assert ran.closed


def test_a_refusal_is_an_answer(fake: Fake) -> None:
    fake.answers["GET /version"] = status(403, "no")
    assert Cluster(fake.kubeconfig).answers()
    assert Cluster(fake.kubeconfig).given("/version") is None
    with pytest.raises(Refused):
        Cluster(fake.kubeconfig).get("/version")


def test_waiting_goes_on_over_what_passes_and_ends_with_what_does_not(fake: Fake) -> None:
    answers = iter([status(503, "starting"), status(500, "a webhook"), (200, {"here": True})])
    fake.answers[f"GET {POD}"] = lambda: next(answers)
    cluster = Cluster(fake.kubeconfig)
    assert wait("a pod", lambda: cluster.get(POD), within=10, poll=0.01) == {"here": True}
    fake.answers[f"GET {POD}"] = status(403, "no")
    fake.asked.clear()
    with pytest.raises(Refused, match="403 no"):
        wait("a pod", lambda: cluster.get(POD), within=10, poll=0.01)
    assert len(fake.asked) == 1


def test_a_wait_that_is_over_tells_what_it_heard_at_last(fake: Fake) -> None:
    fake.answers[f"GET {POD}"] = status(503, "starting")
    with pytest.raises(Late, match=f"^a pod: not within 0 s; at last: GET {POD}: 503 starting$"):
        wait("a pod", lambda: Cluster(fake.kubeconfig).get(POD), within=0, poll=0.01)


def test_what_bears_a_label_is_found_and_what_is_not_listed_is_told(fake: Fake) -> None:
    listed = [
        {"name": "pods", "kind": "Pod", "verbs": ["list"]},
        {"name": "pods/log", "kind": "Pod", "verbs": ["get"]},
        {"name": "secrets", "kind": "Secret", "verbs": ["list"]},
        {"name": "events", "kind": "Event", "verbs": ["list"]},
        {"name": "bindings", "kind": "Binding", "verbs": ["create"]},
    ]
    group = {"preferredVersion": {"groupVersion": "gone.example/v1"}}
    pod = {"metadata": {"name": "web"}}
    fake.answers |= {
        "GET /apis": (200, {"groups": [group]}),
        "GET /api/v1": (200, {"resources": listed}),
        "GET /apis/gone.example/v1": status(503, "its server is away"),
        "GET /api/v1/pods": (200, {"items": [pod]}),
        "GET /api/v1/secrets": status(403, "no"),
    }
    cluster = Cluster(fake.kubeconfig)
    known, silent_groups = kinds(cluster)
    assert [kind.path for kind in known] == ["/api/v1/pods", "/api/v1/secrets"]
    assert silent_groups == ["/apis/gone.example/v1"]
    found, unasked = labelled(cluster, known, "a=b")
    assert [(kind.name, each) for kind, each in found] == [("Pod", pod)]
    assert unasked == ["Secret"]
