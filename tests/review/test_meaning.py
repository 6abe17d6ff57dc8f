"""What a change asks for, costs and reaches, and the verdict over all of it."""

from decimal import Decimal
from typing import Any

import pytest

from review.assess import Assessment, assess
from review.blast import blast
from review.build import review
from review.cost import Cost, PriceBook, cost
from review.events import read
from review.model import Review
from review.quota import Quota, exactly, of_pod, quota
from review.verdict import Verdict
from tests.builders import a_tenant_document
from tests.review.logs import END, error, lines, refusal, summary
from tests.review.stacks import (
    Z,
    a_deployment,
    an_object,
    changed,
    deleted,
    kept,
    log_of,
    made,
    replaced,
    stack_of,
)

GIB = 1024**3
TENANT = {"paas:tenant": a_tenant_document(name="zeta", environment="dev", tier="free")}


def sized(cpu: str | None = "100m", memory: str | None = "1Gi", **spec: Any) -> dict[str, Any]:
    requests = {name: text for name, text in (("cpu", cpu), ("memory", memory)) if text}
    return a_deployment(container={"resources": {"requests": requests}}, **spec)


def after(*steps: dict[str, Any]) -> dict[str, Decimal]:
    return dict(quota(stack_of(*steps)).after)


class TestQuota:
    def test_before_and_after(self) -> None:
        found = quota(stack_of(changed(sized(replicas=2), sized("200m", replicas=3)), kept(sized(name="other"))))
        assert dict(found.before) == {"cpu": Decimal("0.3"), "memory": 3 * GIB, "pods": 3}
        assert dict(found.after) == {"cpu": Decimal("0.7"), "memory": 4 * GIB, "pods": 4}

    def test_what_goes_and_what_comes(self) -> None:
        found = quota(stack_of(deleted(sized()), made(sized(name="new"))))
        assert found.before == found.after

    def test_what_is_pending_is_no_part_of_the_difference(self) -> None:
        head = log_of(changed(sized(), sized("1")), made(sized(name="new")))
        base = log_of(changed(sized(), sized("1")))
        [stack] = review({Z: head}, {Z: base}).stacks
        found = quota(stack)
        assert found.after["cpu"] - found.before["cpu"] == Decimal("0.1")

    def test_pods_ask_for_the_larger_of_what_begins_and_what_runs(self) -> None:
        pod = {"initContainers": [{"name": "i", "resources": {"requests": {"cpu": "2"}}}], "overhead": {"cpu": "1"}}
        container = {"resources": {"limits": {"cpu": "500m"}}}
        value = a_deployment(container=container)
        value["spec"]["template"]["spec"] |= pod
        assert after(made(value)) == {"cpu": Decimal(3), "pods": 1}

    def test_what_begins_and_stays_runs_beside_the_others(self) -> None:
        def asks(cpu: str, **more: str) -> dict[str, Any]:
            return {"resources": {"requests": {"cpu": cpu}}, **more}

        begin = [asks("1", restartPolicy="Always"), asks("4"), asks("2", restartPolicy="Always")]
        assert of_pod({"initContainers": begin, "containers": [asks("1")]}, exactly)["cpu"] == 5
        assert of_pod({"initContainers": begin, "containers": [asks("3")]}, exactly)["cpu"] == 6

    def test_storage_and_load_balancers(self) -> None:
        claim = {"resources": {"requests": {"storage": "2Gi"}}}
        copies = a_deployment(replicas=3, volumeClaimTemplates=[{"spec": claim}]) | {"kind": "StatefulSet"}
        cluster = {"instances": 2, "storage": {"size": "5Gi"}, "walStorage": {"size": "1Gi"}}
        assert after(
            made(an_object("PersistentVolumeClaim", name="claim", spec=claim)),
            made(copies),
            made(an_object("Service", name="lb", spec={"type": "LoadBalancer"})),
            made(an_object("Service", name="inside", spec={})),
            made(an_object("Cluster", of="postgresql.cnpg.io/v1", name="db", spec=cluster)),
        ) == {"storage": 20 * GIB, "pods": 5, "loadBalancers": 1}

    def test_what_is_not_known_is_said(self) -> None:
        value = sized("04da6b54-80e4-46f7-96ec-b56ff0331ba9")
        daemons = sized(name="agent") | {"kind": "DaemonSet"}
        assert quota(stack_of(made(value), made(daemons))).uncounted == (
            "DaemonSet zeta-dev/agent (one for each node)",
            "Deployment zeta-dev/web",
        )

    def test_the_quota_is_the_stack_files(self) -> None:
        found = quota(stack_of(made(sized("500m", "256Mi")), config=TENANT))
        assert (found.hard["cpu"], found.hard["memory"]) == (Decimal("0.5"), Decimal(GIB))
        assert [found.percent(name) for name in ("cpu", "memory", "storage", "loadBalancers")] == [100, 25, 0, None]

    def test_else_it_is_that_of_the_objects(self) -> None:
        bound = an_object("ResourceQuota", name="q", spec={"hard": {"requests.cpu": "400m", "pods": "10"}})
        found = quota(stack_of(made(sized("300m")), kept(bound)))
        assert dict(found.hard) == {"cpu": Decimal("0.4"), "pods": Decimal(10)}
        assert found.percent("cpu") == 75
        assert found.percent("memory") is None

    def test_a_quota_of_nothing_is_full_as_soon_as_something_is_used(self) -> None:
        empty = Quota(stack=Z, before={}, after={"cpu": Decimal(1)}, hard={"cpu": Decimal(0), "pods": Decimal(0)})
        assert (empty.percent("cpu"), empty.percent("pods")) == (100, 0)

    def test_a_quota_below_what_runs(self) -> None:
        old, new = (an_object("ResourceQuota", name="q", spec={"hard": {"requests.cpu": cpu}}) for cpu in ("1", "100m"))
        [danger] = quota(stack_of(changed(old, new), kept(sized("200m")))).overruns
        assert danger.id == "quota-below-need"
        assert danger.message == "ResourceQuota zeta-dev/q: less than what runs under it asks for: requests.cpu"
        assert quota(stack_of(changed(old, old), kept(sized("200m")))).overruns == ()

    @pytest.mark.parametrize(("cpu", "fits"), [("400m", False), ("600m", True)])
    def test_a_rollout_for_which_there_is_no_room(self, cpu: str, fits: bool) -> None:
        bound = an_object("ResourceQuota", name="q", spec={"hard": {"requests.cpu": cpu}})
        strategy = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
        old = sized("200m", replicas=2, strategy=strategy)
        new = a_deployment(
            container={"image": "r.example/web:1.3@sha256:00", "resources": {"requests": {"cpu": "200m"}}},
            replicas=2,
            strategy=strategy,
        )
        found = quota(stack_of(kept(bound), changed(old, new))).overruns
        assert [each.id for each in found] == ([] if fits else ["rollout-does-not-fit"])


class TestCost:
    PRICES = PriceBook(
        core_hour=Decimal("0.01"), gib_hour=Decimal("0.001"), gib_month=Decimal("0.2"), balancer_month=Decimal(10)
    )

    def test_a_month_has_730_hours(self) -> None:
        asked = {
            "cpu": Decimal(2),
            "memory": Decimal(4 * GIB),
            "storage": Decimal(5 * GIB),
            "loadBalancers": Decimal(1),
        }
        assert self.PRICES.monthly(asked) == Decimal("28.52")  # 14.60 + 2.92 + 1.00 + 10.00

    def test_nothing_costs_nothing(self) -> None:
        assert self.PRICES.monthly({}) == 0

    def test_a_budget(self) -> None:
        asked = Quota(stack=Z, before={}, after={"storage": Decimal(5 * GIB)}, hard={})
        found = cost(asked, self.PRICES, {Z: Decimal("0.99")})
        assert (found.delta, found.over) == (Decimal("1.00"), True)
        assert not cost(asked, self.PRICES, {Z: Decimal(1)}).over
        assert not cost(asked, self.PRICES, {}).over
        assert Cost(stack=Z, before=Decimal(2), after=Decimal(1)).delta == -1


class TestReach:
    def test_namespaces_restarts_and_shared_parts(self) -> None:
        image = {"image": "r.example/web:1.3@sha256:00"}
        wide = an_object("ClusterRole", of="rbac.authorization.k8s.io/v1", name="wide", namespace=None, rules=[])
        found = blast(
            Review(
                stacks=(
                    stack_of(
                        changed(a_deployment(), a_deployment(container=image)),
                        changed(a_deployment(name="more"), a_deployment(name="more", replicas=3)),
                        replaced(a_deployment(name="anew"), a_deployment(name="anew"), "spec.selector"),
                        made(wide),
                        config=TENANT,
                    ),
                    stack_of(name="quiet-dev"),
                )
            )
        )
        assert found.tenants == ("zeta",)
        assert found.namespaces == (Z,)
        assert found.restarts == ("Deployment zeta-dev/anew", "Deployment zeta-dev/web")
        assert found.shared == ("ClusterRole wide",)
        assert not found.everybody

    def test_the_platform_is_everybodys(self) -> None:
        settings = an_object("ConfigMap", data={})
        found = blast(Review(stacks=(stack_of(made(settings), name="platform"),)))
        assert (found.tenants, found.shared, found.everybody) == ((), ("ConfigMap zeta-dev/it",), True)


class TestVerdict:
    def of(self, *steps: dict[str, Any], name: str = Z, **options: Any) -> Assessment:
        return assess(review({name: log_of(*steps)}), **options)

    def test_nothing_is_routine(self) -> None:
        found = self.of()
        assert (found.verdict, found.reasons, dict(found.counts)) == (Verdict.ROUTINE, (), {})

    def test_new_objects_and_changes_without_danger_are_routine(self) -> None:
        assert self.of(made(a_deployment()), changed(sized(), sized("200m"))).verdict is Verdict.ROUTINE

    @pytest.mark.parametrize(
        ("event", "reason"),
        [
            (error("boom"), "no whole preview of 1 stack"),
            (refusal("no"), "policies refuse 1 thing"),
        ],
    )
    def test_blocked(self, event: dict[str, Any], reason: str) -> None:
        found = assess(review({Z: read(lines(event, deleted(sized()), summary("failed"), END))}))
        assert (found.verdict, found.reasons) == (Verdict.BLOCKED, (reason,))

    def test_careful_for_dangers_deletes_and_open_questions(self) -> None:
        question = refusal("Title\nnot decided at preview: spec.x", "advisory")
        log = read(lines(question, deleted(an_object("Secret")), deleted(sized()), summary(), END))
        found = assess(review({Z: log}))
        assert found.verdict is Verdict.CAREFUL
        assert found.reasons == ("1 danger", "2 objects deleted", "1 question that no preview can decide")

    def test_careful_for_the_platform_and_for_the_budget(self) -> None:
        assert self.of(made(a_deployment()), name="platform").reasons == ("parts that all tenants share change",)
        assert self.of(made(sized()), budgets={Z: Decimal(0)}).reasons == ("1 stack above budget",)
        assert self.of(deleted(an_object("ConfigMap")), kept(sized()), budgets={Z: Decimal(0)}).reasons == ()

    def test_advice_alone_is_routine(self) -> None:
        assert assess(review({Z: read(lines(refusal("hm", "advisory"), summary(), END))})).verdict is Verdict.ROUTINE
