"""Rule P2's twin says of every official fixture of Pod Security what the rule and Pod Security itself say (row O6)."""

from collections.abc import Iterator
from typing import Any

import pytest

from policies import _kinds
from policies._kinds import Kind
from policies.admission import BY_RULE
from policies.admission._restricted import CHECKS
from tests.builders import a_tenant
from tests.e2e.policies.court import Answer, Court, court
from tests.e2e.policies.definitions import definitions, theirs
from tests.e2e.server import an_api
from tests.policies.evaluator import fixtures, refusing, standing

pytestmark = pytest.mark.e2e

NAMESPACE = "akme-prod"
PLACES = [(kind, path) for kind, paths in _kinds.TEMPLATES.items() for path in paths if kind.group != "extensions"]
"""Where pods stand, without kinds that no API server has any more."""

SELECTED = {"app": "it"}
REQUIRED: dict[str, dict[str, Any]] = {
    "ReplicationController": {"selector": SELECTED},
    "Deployment": {"selector": {"matchLabels": SELECTED}},
    "ReplicaSet": {"selector": {"matchLabels": SELECTED}},
    "DaemonSet": {"selector": {"matchLabels": SELECTED}},
    "StatefulSet": {"selector": {"matchLabels": SELECTED}, "serviceName": "it"},
    "CronJob": {"schedule": "15 3 * * *"},
}
"""What the API server wants of its own kinds besides pods."""

ENDING = ("Job", "CronJob")
MOST = 130  # fixtures, of 148, that every kind must let through to the rules


@pytest.fixture(scope="module")
def it(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    with an_api(tmp_path_factory.mktemp("server")) as api, court([BY_RULE["P2"].policy()], api=api) as found:
        some = [manifest(kind, path, {"metadata": {}, "spec": {}}) for kind, path in PLACES]
        found.serve(definitions(each for each in some if theirs(each) and found.path(each) is None))
        found.sits_for(a_tenant(name="akme"))
        yield found


def manifest(kind: Kind, path: str, pod: dict[str, Any]) -> dict[str, Any]:
    """Return an object of a kind with the pod in it, such that the API server takes it."""
    inner = {
        "metadata": {**pod["metadata"], "labels": SELECTED},
        "spec": pod["spec"] | ({"restartPolicy": "Never"} if kind.name in ENDING else {}),
    }
    made = standing(kind, path, inner)
    made.setdefault("spec", {}).update(REQUIRED.get(kind.name, {}))
    made["metadata"] = {**made.get("metadata", {}), "name": "it", "namespace": NAMESPACE}
    return made


def checks(answer: Answer) -> set[str]:
    """Return the checks by which the twin refuses, by the evaluator's names."""
    said = answer.told.get("p2", [])
    return {name for name, check in CHECKS.items() if any(f": {check.says}; fix: " in each for each in said)}


@pytest.mark.parametrize(("kind", "path"), PLACES, ids=str)
def test_the_judges_say_the_same_of_every_pod_wherever_it_stands(it: Court, kind: Kind, path: str) -> None:
    """Check by check. Pod Security, the third one, looks only at kinds of the API server's own."""
    disagreements, heard = {}, 0
    for (level, verdict), name, pod in every():
        made = manifest(kind, path, pod)
        answer = it.judge(made)
        by_rule = refusing(pod)
        if answer.before_rules and by_rule and not theirs(made):
            continue  # its own checks refuse some of what the level does
        heard += 1
        said = checks(answer), theirs(made) or answer.by_pod_security == bool(by_rule)
        if said != (by_rule, True):
            disagreements[level, verdict, name] = (*said, by_rule, answer.message)
    assert disagreements == {}
    assert heard >= MOST


def every() -> Iterator[tuple[tuple[str, str], str, dict[str, Any]]]:
    """Yield all fixtures: level and verdict, name, pod."""
    for level in ("restricted", "baseline"):
        for verdict in ("pass", "fail"):
            for name, pod in fixtures(level, verdict).items():
                yield (level, verdict), name, pod
