"""Rules over several fields: each with what breaks it and what just does not."""

import pytest

import spec
from tests.builders import Document, a_job, a_tenant_document, an_app

DOMAINS = ["acme.example"]


def told(stack: str = "acme-prod", **changes: object) -> list[str]:
    """Return what the writer of a tenant with `changes` is told, without the file's name."""
    try:
        spec.load(stack, {"tenant": a_tenant_document(**changes)})
    except spec.SpecError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_a_sandbox_ends_by_itself() -> None:
    sandbox: Document = {"name": "pr-1", "environment": "sandbox"}
    assert told("sandbox-pr-1", **sandbox, ttl="72h") == []
    assert told("sandbox-pr-1", **sandbox) == [
        'paas:tenant.environment: given "sandbox", wanted `ttl` with it; add `ttl: 72h`, for example'
    ]


def test_the_own_namespace_keeps_a_tenth() -> None:
    assert told(namespaces={"one": {"percent": 50}, "two": {"percent": 40}}) == []
    assert told(namespaces={"one": {"percent": 50}, "two": {"percent": 41}}) == [
        'paas:tenant.namespaces: given "91 percent together", wanted at most 90; lower some `percent`'
    ]


def test_an_app_runs_in_a_namespace_that_is_there() -> None:
    apps = {"web": an_app(namespace="front")}
    assert told(apps=apps, namespaces={"front": {"percent": 50}}) == []
    assert told(apps=apps, namespaces={"back": {"percent": 50}}) == [
        'paas:tenant.apps.web.namespace: given "front", wanted one of `namespaces`: back; '
        "correct it, or add the namespace"
    ]


def test_a_binding_goes_to_another_app_that_is_served() -> None:
    def apps(**api: object) -> Document:
        return {"web": an_app(bindings={"api": {"app": "api"}}), "api": an_app(**api)}

    assert told(apps=apps()) == []
    assert told(apps=apps(served=False)) == [
        'paas:tenant.apps.web.bindings.api.app: given "api", wanted another app that is served: there is none; '
        "correct the name, or add the app"
    ]
    assert told(apps={"web": an_app(bindings={"me": {"app": "web"}}), "api": an_app()}) == [
        'paas:tenant.apps.web.bindings.me.app: given "web", wanted another app that is served: api; '
        "correct the name, or add the app"
    ]


def test_a_job_may_be_bound_too() -> None:
    assert told(jobs={"report": a_job(bindings={"web": {"app": "web"}})}) == []


def test_a_bindings_variables_are_free() -> None:
    def jobs(by: str) -> Document:
        return {"report": a_job(config={"WEB_URI": "x"}, bindings={"web": {"app": "web", "by": by}})}

    assert told(jobs=jobs("files")) == []
    assert told(jobs=jobs("env")) == [
        'paas:tenant.jobs.report.bindings.web: given "web", wanted a name whose variables are free: WEB_URI is taken; '
        "rename the binding, or use `by: files`"
    ]


@pytest.mark.parametrize("host", ["acme.example", "www.acme.example", "a.b.acme.example"])
def test_a_host_in_a_domain_is_taken(host: str) -> None:
    assert told(domains=DOMAINS, apps={"web": an_app(hosts=[host])}) == []


@pytest.mark.parametrize("host", ["evilacme.example", "acme.example.evil", "example", "acme.examples"])
def test_a_host_beside_the_domains_is_refused(host: str) -> None:
    lines = told(domains=DOMAINS, apps={"web": an_app(hosts=[host])})
    assert len(lines) == 1
    assert lines[0].startswith(f'paas:tenant.apps.web.hosts.0: given "{host}", wanted a host')


def test_a_host_belongs_to_one_app() -> None:
    both = {name: an_app(hosts=["www.acme.example"]) for name in ("web", "api")}
    assert told(domains=DOMAINS, apps=both) == [
        f'paas:tenant.apps.{name}.hosts.0: given "www.acme.example", wanted a host that no other app has; '
        "keep it at one app"
        for name in ("web", "api")
    ]


def test_what_nobody_calls_has_no_host() -> None:
    assert told(domains=DOMAINS, apps={"web": an_app(hosts=["acme.example"], served=False)}) == [
        'paas:tenant.apps.web.hosts: given ["acme.example"], wanted no hosts on an app that is not served; '
        "remove `served: false`, or the hosts"
    ]


def test_an_autoscaler_owns_the_number_of_copies() -> None:
    assert told(apps={"web": an_app(scale={"min": 2, "max": 4})}) == []
    assert told(apps={"web": an_app(scale={"min": 2, "max": 4}, replicas=3)}) == [
        "paas:tenant.apps.web.replicas: given 3, wanted either `replicas` or `scale`; "
        "remove `replicas`: the autoscaler owns the number"
    ]


def test_a_variable_has_one_source() -> None:
    ref = {"name": "s", "key": "k"}
    assert told(apps={"web": an_app(config={"LEVEL": "info"}, secrets={"TOKEN": ref})}) == []
    assert told(apps={"web": an_app(config={"LEVEL": "info"}, secrets={"LEVEL": ref})}) == [
        'paas:tenant.apps.web.secrets.LEVEL: given "LEVEL", wanted a name that `config:` does not have; '
        "keep one of the two"
    ]


def test_where_a_node_may_fail_one_copy_is_not_enough() -> None:
    assert told(tier="critical", apps={"web": an_app(replicas=2)}) == []
    assert told(tier="critical", apps={"web": an_app(replicas=1)}) == [
        "paas:tenant.apps.web.replicas: given 1, wanted at least 2 in tier critical, so that one may fail; "
        "write 2 or more"
    ]
    assert told(tier="critical", apps={"web": an_app(scale={"min": 1, "max": 3})}) == [
        "paas:tenant.apps.web.scale.min: given 1, wanted at least 2 in tier critical, so that one may fail; "
        "write 2 or more"
    ]


def test_a_rollout_fits_the_quota() -> None:
    assert told(tier="free", apps={"web": an_app(cpu="125m", replicas=3)}) == []
    assert told(tier="free", apps={"web": an_app(cpu="126m", replicas=3)}) == [
        "paas:tenant.apps.web: given 504m requests.cpu of namespace acme-prod at worst, with one more copy of each "
        "app, wanted at most 500m, as tier free has; lower its size or its copies, or take a larger `tier`"
    ]


def test_the_most_that_an_autoscaler_may_make_fits_the_quota() -> None:
    assert told(tier="free", apps={"web": an_app(memory="256Mi", scale={"min": 1, "max": 3})}) == []
    assert told(tier="free", apps={"web": an_app(memory="256Mi", scale={"min": 1, "max": 4})}) == [
        "paas:tenant.apps.web: given 1280Mi requests.memory of namespace acme-prod at worst, with one more copy of "
        "each app, wanted at most 1Gi, as tier free has; lower its size or its copies, or take a larger `tier`"
    ]


def test_jobs_count_too_and_namespaces_have_their_own_share() -> None:
    jobs = {"report": a_job(cpu="150m", namespace="batch")}
    assert told(tier="free", jobs=jobs, namespaces={"batch": {"percent": 30}}) == []
    [line] = told(tier="free", jobs=jobs, namespaces={"batch": {"percent": 29}})
    assert line.startswith("paas:tenant.jobs.report: given 150m requests.cpu of namespace acme-prod--batch at worst")


def test_glass_is_broken_in_production_only() -> None:
    glass = [{"group": "oidc:sre", "until": "2027-01-31T18:00:00Z", "reason": "INC-1"}]
    assert told(breakGlass=glass) == []
    assert told("acme-dev", environment="dev", breakGlass=glass) == [
        'paas:tenant.breakGlass: given ["oidc:sre"], wanted none outside prod, where developers and admins may look '
        "into containers anyway; remove it"
    ]


def test_all_rules_speak_at_once() -> None:
    lines = told("acme-dev", ttl="1h", apps={"web": an_app(namespace="x", hosts=["a.b"])})
    assert [line.split(":")[1].split(" ")[0].removeprefix("tenant") for line in lines] == [
        ".name",
        ".ttl",
        ".apps.web.namespace",
        ".apps.web.hosts.0",
    ]
