"""All stacks in one go, an audit of what stands, and sandboxes whose time is over."""

from collections.abc import Iterator

import pytest

from tests.e2e.commands import Paas, a_paas, only
from tests.e2e.stacks import kubectl

pytestmark = pytest.mark.e2e

ROLLING = tuple(f"roll{letter}" for letter in "abc")


@pytest.fixture(scope="module")
def paas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paas]:
    folder = tmp_path_factory.mktemp("fleet")
    with pytest.MonkeyPatch.context() as patch, a_paas(folder) as made:
        patch.setenv("XDG_STATE_HOME", str(folder / "xdg"))
        yield made


def results(paas: Paas, *words: str) -> tuple[int, dict[str, str]]:
    ended = paas("fleet", *words, "-o", "json")
    return ended.code, {each["stack"]: each["result"] for each in ended.json()["stacks"]}


def test_a_fleet_goes_on_where_it_stopped_and_one_that_fails_leaves_the_others_done(paas: Paas) -> None:
    for name in ROLLING:
        assert paas.new(name).code == 0
    canary = ("up", "--yes", "--parallel", "2", "--canary", "rollb-dev")
    assert results(paas, *canary, "--stop-after-canary") == (0, {"rollb-dev": "changed"})
    paas.rewrite("rolla-dev", "tier: small", "tier: small\n    residency: mars")
    code, found = results(paas, *canary, "--resume")
    assert (code, found) == (4, {"rollb-dev": "done before", "rolla-dev": "failed", "rollc-dev": "changed"})
    paas.rewrite("rolla-dev", "\n    residency: mars", "")
    code, found = results(paas, *canary, "--resume")
    assert (code, found) == (0, {"rollb-dev": "done before", "rolla-dev": "changed", "rollc-dev": "done before"})
    code, found = results(paas, "preview", "--parallel", "2")
    assert (code, set(found.values())) == (0, {"unchanged"})
    gone = paas("destroy", *(f"{name}-dev" for name in ROLLING), "--yes", "--remove", "-o", "json")
    assert (gone.code, [each["leftovers"] for each in gone.json()["stacks"]]) == (0, [[], [], []])


def test_a_canary_that_fails_ends_it_all(paas: Paas) -> None:
    assert paas.new("bird").code == 0
    assert paas.new("flock").code == 0
    paas.rewrite("bird-dev", "tier: small", "tier: small\n    residency: mars")
    code, found = results(paas, "up", "--yes", "--canary", "bird-dev")
    assert (code, found) == (4, {"bird-dev": "failed", "flock-dev": "not begun"})
    for name in ("bird-dev", "flock-dev"):
        paas.file(name).unlink()


def test_an_audit_tells_what_was_changed_by_hand_and_what_breaks_a_rule(paas: Paas) -> None:
    assert paas.new("watched").code == 0
    assert paas("up", "watched-dev", "--yes").code == 0
    clean = paas("audit", "watched-dev", "-o", "json")
    assert (clean.code, only(clean.json())["rules"], only(clean.json())["drift"]) == (0, "kept", "none")
    kubectl("-n", "watched-dev", "delete", "networkpolicy", "default-deny")  # no single request shows what that opens
    drifted = paas("audit", "watched-dev", "-o", "json")
    verdict = only(drifted.json())
    assert (drifted.code, verdict["rules"], verdict["drift"]) == (2, "kept", "differs")
    assert [change["name"] for change in verdict["changes"]] == ["namespace-network-default-deny"]
    assert paas("refresh", "watched-dev").code == 0
    broken = paas("audit", "watched-dev", "-o", "json")
    verdict = only(broken.json())
    assert (broken.code, verdict["rules"]) == (3, "broken")
    assert ("N1", "mandatory") in {(each["rule"], each["level"]) for each in verdict["violations"]}
    assert paas("destroy", "watched-dev", "--yes", "--remove").code == 0


def test_a_sandbox_whose_time_is_over_goes_even_without_its_file(paas: Paas) -> None:
    who = ("--tier", "free", "--team", "t", "--escalation", "o@acme.example", "--cost-centre", "cc-1")
    for name, ttl in (("reap-now", "1s"), ("reap-later", "48h")):
        paas.made.add(f"sandbox-{name}")
        assert paas("new", name, "--environment", "sandbox", "--ttl", ttl, *who).code == 0
        assert paas("up", f"sandbox-{name}", "--yes").code == 0
    both = ("sandbox-reap-now", "sandbox-reap-later")

    def reaped(*words: str) -> dict[str, str]:
        ended = paas("reap", *both, *words, "-o", "json")
        assert ended.code == 0, ended.err
        return {each["stack"]: each["action"] for each in ended.json()["sandboxes"]}

    assert reaped("--dry-run") == {both[0]: "to be destroyed", both[1]: "kept"}
    paas.file(both[0]).unlink()
    assert reaped() == {both[0]: "destroyed", both[1]: "kept"}
    assert not paas.file(both[0]).exists()
    assert reaped() == {both[1]: "kept"}
    assert f"namespace/{both[0]}\n" not in kubectl("get", "namespaces", "-o", "name")
    paas.rewrite(both[1], "ttl: 48h", "ttl: 1s")
    assert reaped() == {both[1]: "destroyed"}
