"""The golden files of live objects keep up with the program; the end-to-end tests hold them against the cluster."""

import pytest

from tests.e2e.examples.objects import differences, golden, name, normal
from tests.examples import EXAMPLES


@pytest.mark.parametrize("stack", EXAMPLES)
def test_a_golden_file_has_each_object_of_its_stack_and_no_other(stack: str) -> None:
    """Run `python -m tests.e2e.examples.objects` on a cluster when it does not."""
    assert golden(stack).keys() == {name(made.props) for made in EXAMPLES[stack].objects()}


JOB = {
    "kind": "Job",
    "metadata": {"name": "once", "namespace": "shop", "uid": "1", "resourceVersion": "2", "labels": {"app": "once"}},
    "spec": {
        "replicas": 3,
        "suspend": False,
        "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "1"}},
        "template": {"metadata": {"labels": {"controller-uid": "1", "app": "once"}}, "spec": {"volumes": []}},
    },
    "status": {"succeeded": 1},
}


def test_what_a_machine_a_moment_or_an_autoscaler_put_there_is_left_out() -> None:
    assert normal(JOB, {"spec": {}}) == {
        "kind": "Job",
        "metadata": {"name": "once", "namespace": "shop", "labels": {"app": "once"}},
        "spec": {"suspend": False, "template": {"metadata": {"labels": {"app": "once"}}, "spec": {"volumes": []}}},
    }


def test_copies_that_the_program_asks_for_are_not() -> None:
    assert normal(JOB, {"spec": {"replicas": 3}})["spec"]["replicas"] == 3


def test_a_difference_is_told_by_its_place() -> None:
    wanted = {"Service shop/web": {"spec": {"ports": [{"port": 80}], "type": "ClusterIP"}}, "Job shop/once": {}}
    found = {"Service shop/web": {"spec": {"ports": [{"port": 81}]}}, "Job shop/two": {}}
    assert list(differences(wanted, found)) == [
        "Job shop/once: golden {}, live null",
        "Job shop/two: golden null, live {}",
        "Service shop/web.spec.ports[0].port: golden 80, live 81",
        'Service shop/web.spec.type: golden "ClusterIP", live null',
    ]
