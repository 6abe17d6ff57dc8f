"""What follows from a spec: exact, and never more than the tier has."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address, ip_network
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from spec import plan
from spec.addresses import FORBIDDEN, inside, within
from spec.quantity import parse
from spec.tiers import TIERS, Tier
from tests.builders import a_tenant, an_app

tiers = st.sampled_from(Tier)
shares = st.lists(st.integers(1, 45), max_size=4).filter(lambda found: sum(found) <= 90)


@given(tiers, shares)
def test_the_namespaces_together_have_no_more_than_the_tier(tier: Tier, percents: list[int]) -> None:
    spec = a_tenant(tier=tier.value, apps={}, namespaces={f"n{i}": {"percent": p} for i, p in enumerate(percents)})
    quotas = [plan.quota(spec, space.key) for space in plan.spaces(spec)]
    whole = plan.quota(a_tenant(tier=tier.value, apps={}))
    for name, value in whole.items():
        assert sum((parse(quota[name]) for quota in quotas), Decimal(0)) <= parse(value), name


@given(tiers, shares)
def test_every_namespaces_quota_has_the_same_names(tier: Tier, percents: list[int]) -> None:
    spec = a_tenant(tier=tier.value, apps={}, namespaces={f"n{i}": {"percent": p} for i, p in enumerate(percents)})
    assert len({frozenset(plan.quota(spec, space.key)) for space in plan.spaces(spec)}) == 1


@pytest.mark.parametrize("tier", Tier)
def test_a_quota_bounds_everything_that_a_tenant_can_make(tier: Tier) -> None:
    quota = plan.quota(a_tenant(tier=tier.value, apps={}))
    computed = {f"{side}.{what}" for side in ("requests", "limits") for what in ("cpu", "memory", "ephemeral-storage")}
    counted = {"pods", "services", "secrets", "configmaps", "persistentvolumeclaims", "count/jobs.batch"}
    assert computed | counted | {"requests.storage"} <= quota.keys()
    assert quota["services.loadbalancers"] == quota["services.nodeports"] == "0"


@pytest.mark.parametrize("tier", Tier)
def test_a_tiers_numbers_fit_each_other(tier: Tier) -> None:
    facts = TIERS[tier]
    for name in ("cpu", "memory", "disk"):
        default, largest, whole = (parse(getattr(size, name)) for size in (facts.container, facts.largest, facts.quota))
        assert default <= largest <= whole
    assert parse(facts.volume) <= parse(facts.storage)
    assert 1 <= facts.least_replicas <= facts.replicas


def test_a_larger_tier_is_larger_in_everything() -> None:
    ordered = [TIERS[tier] for tier in (Tier.FREE, Tier.SMALL, Tier.STANDARD, Tier.CRITICAL)]
    for one, other in pairwise(ordered):
        assert parse(one.quota.cpu) < parse(other.quota.cpu)
        assert one.priority < other.priority
        assert one.retention_days < other.retention_days
        assert all(one.counts[name] <= other.counts[name] for name in one.counts)


@given(
    tiers,
    st.lists(
        st.tuples(st.integers(1, 6), st.integers(1, 500), st.integers(1, 600)),
        min_size=1,
        max_size=4,
    ),
)
def test_the_surge_that_the_plan_gives_fits_the_quota(tier: Tier, sizes: list[tuple[int, int, int]]) -> None:
    apps = {
        f"a{i}": an_app(replicas=copies, cpu=f"{cpu}m", memory=f"{memory}Mi")
        for i, (copies, cpu, memory) in enumerate(sizes)
    }
    spec = a_tenant(tier=tier.value, apps=apps)
    if plan.overrun(plan.demand(spec), plan.quota(spec)):
        return  # refused: see test_rules
    surge = plan.surge(spec)
    percent = int(surge.rstrip("%")) if isinstance(surge, str) else None
    assert not plan.overrun(plan.demand(spec, surge_percent=percent), plan.quota(spec))


def test_a_rollout_takes_a_quarter_more_where_there_is_room() -> None:
    assert plan.surge(a_tenant(apps={"web": an_app(replicas=8)})) == "25%"
    assert plan.surge(a_tenant(tier="free", apps={"web": an_app(replicas=8, cpu="110m")})) == 1


networks = st.one_of(
    st.ip_addresses(v=4, network="0.0.0.0/0"),
    st.ip_addresses(v=6, network="::/0"),
)


@given(networks, st.integers(0, 32))
def test_no_egress_opens_a_forbidden_address(address: object, prefix: int) -> None:
    network = ip_network(f"{address}/{prefix}", strict=False)
    assume(not inside(network, FORBIDDEN))  # refused: see bad_tenants
    for forbidden in FORBIDDEN:
        assert not within(forbidden, network) or str(forbidden) in plan.holes(str(network), [])


def test_what_the_api_server_takes_for_ipv4_is_no_hole() -> None:
    assert "::ffff:0:0/96" not in plan.holes("::/0", [])


def test_egress_never_opens_the_clusters_own_networks() -> None:
    holes = plan.holes("0.0.0.0/0", ["10.244.0.0/16", "10.96.0.0/12"])
    for address in ("10.244.3.4", "10.96.0.1", "169.254.169.254", "127.0.0.1"):
        assert any(ip_address(address) in ip_network(hole) for hole in holes), address
    with pytest.raises(ValueError, match="outside the cluster's own"):
        plan.holes("10.244.5.0/24", ["10.244.0.0/16"])


def test_declared_egress_is_one_policy_each() -> None:
    spec = a_tenant(egress={"payments": {"cidr": "203.0.113.0/24", "ports": [443, 8443], "reason": "cards"}})
    [policy] = [found for found in plan.policies(spec) if found.name == "egress-payments"]
    assert policy.directions == ("Egress",)
    assert policy.peer == plan.Peer(cidr="203.0.113.0/24")
    assert policy.ports == (("TCP", 443), ("TCP", 8443))


def test_only_apps_with_hosts_are_reached_by_the_gateway() -> None:
    spec = a_tenant(domains=["acme.example"], apps={"web": an_app(hosts=["acme.example"]), "api": an_app()})
    assert [found.name for found in plan.policies(spec)] == [
        "default-deny",
        "allow-dns",
        "allow-own",
        "allow-gateway-web",
    ]


@pytest.mark.parametrize("role", plan.roles())
def test_no_role_has_a_dangerous_permission(role: str) -> None:
    for rule in plan.roles()[role]:
        assert "*" not in (*rule.verbs, *rule.resources, rule.group)
        assert not {"escalate", "bind", "impersonate", "deletecollection"} & set(rule.verbs)
        assert "serviceaccounts/token" not in rule.resources
        if "secrets" in rule.resources:
            assert not {"get", "list", "watch", "patch"} & set(rule.verbs), "a patch answers with the whole Secret"
        if {"create", "update", "patch", "delete"} & set(rule.verbs):
            untouchable = {"resourcequotas", "limitranges", "networkpolicies", "roles", "rolebindings", "namespaces"}
            assert not (untouchable | {"serviceaccounts", "endpoints", "endpointslices"}) & set(rule.resources)
            assert not {"horizontalpodautoscalers", "poddisruptionbudgets"} & set(rule.resources)
            assert not any(resource.endswith(("/scale", "/status")) for resource in rule.resources)


def test_the_guards_look_at_everything_that_some_role_writes() -> None:
    written = {
        (rule.group, resource)
        for rules in plan.roles().values()
        for rule in rules
        for resource in rule.resources
        if {"create", "update", "patch"} & set(rule.verbs) and "/" not in resource
    }
    assert set(plan.written()) == written


@pytest.mark.parametrize(
    ("tier", "names"),
    [
        (Tier.FREE, ["paas-free"]),
        (Tier.STANDARD, ["paas-free", "paas-small", "paas-standard"]),
        (Tier.CRITICAL, ["paas-free", "paas-small", "paas-standard", "paas-critical"]),
    ],
)
def test_no_tenant_outranks_its_tier(tier: Tier, names: list[str]) -> None:
    assert plan.permitted_priorities(tier) == names


def test_people_claim_only_volumes_that_go_with_their_claim() -> None:
    assert plan.claimable() == ["paas-scratch"]


def test_broken_glass_lasts_three_days_at_most() -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    glass = [
        {"group": group, "until": until, "reason": "INC-1"}
        for group, until in (
            ("oidc:over", "2027-01-01T00:00:00Z"),
            ("oidc:most", "2027-01-04T00:00:00Z"),
            ("oidc:more", "2027-01-04T00:00:01Z"),
        )
    ]
    spec = a_tenant(breakGlass=glass)
    assert [found.group for found in plan.broken_glass(spec, now)] == ["oidc:most", "oidc:more"]
    assert [found.group for found in plan.too_long(spec, now)] == ["oidc:more"]


def granted(environment: str) -> dict[str, tuple[str, ...]]:
    ttl = "1h" if environment == "sandbox" else None
    members = {role: [f"oidc:{role}s"] for role in ("admin", "developer", "viewer", "deployer")}
    spec = a_tenant(environment=environment, ttl=ttl, members=members)
    return {grant.role: grant.groups for grant in plan.grants(spec)}


def test_in_production_nobody_looks_into_containers_and_developers_change_nothing() -> None:
    assert granted("prod") == {
        "paas-admin": ("oidc:admins",),
        "paas-developer": ("oidc:developers",),
        "paas-viewer": ("oidc:viewers",),
        "paas-deployer": ("oidc:deployers",),
    }


@pytest.mark.parametrize("environment", ["dev", "staging", "sandbox"])
def test_elsewhere_developers_work(environment: str) -> None:
    found = granted(environment)
    assert found["paas-debugger"] == ("oidc:admins", "oidc:developers")
    assert found["paas-deployer"] == ("oidc:developers", "oidc:deployers")


def test_a_group_in_two_roles_is_bound_once_to_each() -> None:
    spec = a_tenant(environment="dev", members={"developer": ["oidc:all"], "deployer": ["oidc:all"]})
    assert {grant.role: grant.groups for grant in plan.grants(spec)}["paas-deployer"] == ("oidc:all",)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.integers(1, 87_600),
)
def test_a_sandbox_ends_its_ttl_after_it_was_made_and_nothing_else_ends(made: datetime, hours: int) -> None:
    sandbox = a_tenant(name="pr-1", environment="sandbox", ttl=f"{hours}h")
    assert plan.expiry(sandbox, made) == made + timedelta(hours=hours)
    assert plan.expiry(a_tenant(), made) is None
