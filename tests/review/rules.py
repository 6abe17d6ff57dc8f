"""Rules of roles from few words, all requests that can tell them apart, and the API server's answer to each.

One name more than the rules know stands for all names of which no rule has heard.
"""

from itertools import product
from typing import Any, NamedTuple

from hypothesis import strategies as st

GROUPS = ("", "apps")
RESOURCES = ("pods", "pods/log", "deployments", "deployments/scale")
VERBS = ("get", "list", "update")
NAMES = ("one", "two")
URLS = ("/healthz", "/healthz/ready", "/metrics")


def _some(*words: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words), min_size=1, max_size=2, unique=True)


RESOURCE_RULES = st.fixed_dictionaries(
    {
        "apiGroups": _some(*GROUPS, "*"),
        "resources": _some(*RESOURCES, "*", "*/scale", "*/log"),
        "verbs": _some(*VERBS, "*"),
    },
    optional={"resourceNames": _some(*NAMES)},
)
URL_RULES = st.fixed_dictionaries(
    {"nonResourceURLs": _some(*URLS, "*", "/healthz/*", "/h*"), "verbs": _some("get", "post", "*")}
)
RULES = st.lists(RESOURCE_RULES | URL_RULES, max_size=3)


class Probe(NamedTuple):
    """One request: on a resource, or on a URL where that is not empty."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    name: str = ""
    url: str = ""


def probes() -> list[Probe]:
    """Return a request for each combination that rules can tell apart."""
    resources = [*RESOURCES, "others", "others/log", "others/scale", "others/part"]
    found = [
        Probe(verb=verb, group=group, resource=kind.partition("/")[0], subresource=kind.partition("/")[2], name=name)
        for verb, group, kind, name in product((*VERBS, "other"), (*GROUPS, "other"), resources, ("", *NAMES, "other"))
    ]
    urls = [*URLS, "/healthz/other", "/hello", "/other"]
    return found + [Probe(verb=verb, url=url) for verb, url in product(("get", "post", "other"), urls)]


def allows(rules: list[dict[str, Any]], probe: Probe) -> bool:
    """Return what the API server's authorizer says (k8s.io/kubernetes, plugin/pkg/auth/authorizer/rbac)."""
    return any(_allows(rule, probe) for rule in rules)


def _allows(rule: dict[str, Any], probe: Probe) -> bool:
    if not {"*", probe.verb} & set(rule["verbs"]):
        return False
    if probe.url:
        urls = rule.get("nonResourceURLs", [])
        return any(
            url in ("*", probe.url) or (url.endswith("*") and probe.url.startswith(url.rstrip("*"))) for url in urls
        )
    whole = f"{probe.resource}/{probe.subresource}" if probe.subresource else probe.resource
    named = {"*", whole} | ({f"*/{probe.subresource}"} if probe.subresource else set())
    names = rule.get("resourceNames", [])
    return (
        bool({"*", probe.group} & set(rule.get("apiGroups", [])))
        and bool(named & set(rule.get("resources", [])))
        and (not names or probe.name in names)
    )
