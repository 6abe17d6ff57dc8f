"""Secrets: they stand in Secrets alone, come from the tenant's own part of the store, and follow it by the clock."""

import re
from collections.abc import Iterator
from typing import Any, Final

from policies._kinds import Kind, of
from policies._object import Object
from policies._rule import CRITICAL, HIGH, MANDATORY, OBJECTS, PLAN, rule
from policies._stack import Stack
from policies._values import Secret
from policies._view import Malformed, View, apart
from spec import duration, plan
from spec.workload import SECRETIVE

CONFIG_MAP: Final = Kind("", "ConfigMap")

LOOKS: Final = {
    mark: re.compile(pattern, re.ASCII)
    for mark, pattern in {
        "PRIVATE KEY": r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY",
        "://": r"://[^/\s:@]*:[^/\s:@$][^/\s@]*@",  # a URL with a password that is no reference
        **{mark: rf"\b{mark}[0-9A-Z]{{16}}\b" for mark in ("AKIA", "ASIA")},  # AWS
        **{mark: rf"\b{mark}[A-Za-z0-9]{{36}}" for mark in (f"gh{kind}_" for kind in "pousr")},  # GitHub
        "github_pat_": r"\bgithub_pat_\w{22}",
        "glpat-": r"\bglpat-[\w-]{20}",  # GitLab
        **{mark: rf"\b{mark}[A-Za-z0-9-]{{10}}" for mark in (f"xox{kind}-" for kind in "abeoprs")},  # Slack
        "sk_live_": r"\bsk_live_[A-Za-z0-9]{16}",  # Stripe
        "AIza": r"\bAIza[\w-]{35}",  # Google
        "hvs.": r"\bhvs\.[\w-]{20}",  # Vault
        ".eyJ": r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.",  # a signed token (JWT)
    }.items()
}
"""What only secrets look like, by a text that all of it has, which is quicker to look for.

All of it is in the grammar that the API server's expressions have as well (RE2), and short: they pay by length.
"""

WORDS: Final = (
    *("command", "args", "lifecycle.postStart.exec.command", "lifecycle.preStop.exec.command"),
    *(f"{probe}Probe.exec.command" for probe in ("liveness", "readiness", "startup")),
)
"""Where containers have command lines."""

HARMLESS: Final = ("FILE", "PATH", "DIR", "NAME", "URL", "URI", "TTL")
"""Ends of names that say where a secret is, or how long it lasts, and not what it is."""

ENDS: Final = ("PASSWORD", "PASSWD")
"""Ends of names that are words by themselves: `PGPASSWORD`."""

FLAG: Final = re.compile(r"(?i)(password|passwd|token|api[_-]?key|client[_-]?secret|secret[_-]?key)$", re.ASCII)
ASSIGNED: Final = re.compile(
    r"(?i)(password|passwd|token|api[_-]?key|client[_-]?secret|secret[_-]?key)=[\"']?[^\s\"'$]", re.ASCII
)


def secretive(name: str) -> bool:
    """Return whether a name (`DB_PASSWORD`, `db.password`) says that its value is a secret."""
    words = re.sub(r"[^A-Z0-9]+", "_", name.upper())
    inside = any(f"_{word}_" in f"_{words}_" for word in SECRETIVE)
    return words.endswith(ENDS) or (inside and not words.endswith(HARMLESS))


def looks_secret(text: str) -> bool:
    """Return whether a text looks like nothing but a secret."""
    return any(mark in text and pattern.search(text) for mark, pattern in LOOKS.items())


@rule(
    "S1",
    area="secrets",
    level=MANDATORY,
    severity=CRITICAL,
    title="Secrets stand in Secrets, and nowhere else",
    why="Variables, arguments, annotations and ConfigMaps are read by everybody who may look, and end up in logs.",
    fix="put the value into a Secret and name it under `secrets` in the stack file (secretKeyRef)",
    serves=("X9", "F8", "O6"),
    judges=OBJECTS,
    decided_by="the API server's admission policy, but for what only the engine knows to be secret",
)
def concealed(found: Object, _stack: Stack) -> Iterator[str]:
    """By what the engine knows to be secret, by names, and by what only secrets look like. No sentence has a value."""
    yield from _annotations(found, found["metadata"])
    if found.kind == CONFIG_MAP:
        for field in ("data", "binaryData"):
            with apart(found[field]):
                for name, value in found[field].fields().items():
                    with apart(value):
                        yield from _value(found, value, named=secretive(name) and field == "data")
    for pod in found.pods:
        if pod.metadata.path != found["metadata"].path:
            yield from _annotations(found, pod.metadata)
        for container in pod.containers:
            yield from _container(found, container)


def _container(found: Object, container: View) -> Iterator[str]:
    with apart(container):
        for variable in container["env"].items():
            with apart(variable):
                yield from _value(found, variable["value"], named=secretive(variable["name"].text() or ""))
    for field in WORDS:
        with apart(container):
            yield from _words(found, container.at(field).items())


def _words(found: Object, words: list[View]) -> Iterator[str]:
    """Yield what is wrong with arguments: `--password=x`, `--password x`, `PASSWORD=x` in a shell's line."""
    flag = False
    for word in words:
        with apart(word):
            before, flag = flag, False
            marked = _marked(found, word.path)
            text = "" if marked else word.text() or ""
            if marked or looks_secret(text) or ASSIGNED.search(text):
                yield f"{word.path} has a secret in it"
            elif before and text and not text.startswith(("-", "$")):
                yield f"{word.path} has a secret in it: so says the flag before it"
            flag = text.startswith("-") and bool(FLAG.search(text))


def _value(found: Object, value: View, *, named: bool) -> Iterator[str]:
    if _marked(found, value.path):
        yield f"{value.path} is a secret, which the engine knows it for"
        return
    text = value.text()
    if text and named and not text.startswith("$("):  # another variable of the container
        yield f"{value.path} is a secret, by its name"
    elif text and looks_secret(text):
        yield f"{value.path} looks like a secret"


def _annotations(found: Object, metadata: View) -> Iterator[str]:
    with apart(metadata):
        for key, value in metadata["annotations"].fields().items():
            with apart(value):
                marked = _marked(found, value.path)
                text = None if marked else value.text()
                if marked or (text and (FLAG.search(key) or looks_secret(text))):
                    yield f"{value.path} has a secret in it"


def _marked(found: Object, path: str) -> bool:
    """Return whether the engine has marked the field of a path as secret, or something around it."""
    value: Any = found.resource.properties
    for quoted, key, position in re.findall(r'\["([^"]*)"\]|\.?([^.\[\]]+)(?!\])|\[(\d+)\]', path):
        if isinstance(value, Secret):
            return True
        if isinstance(value, dict):
            value = value.get(quoted or key)
        elif isinstance(value, list) and position:
            value = value[int(position)]
    return isinstance(value, Secret)


ESO: Final = "external-secrets.io"
STORE: Final = "SecretStore"
EXTERNAL: Final = Kind(ESO, "ExternalSecret")
PUSH: Final = Kind(ESO, "PushSecret")
CLUSTER_STORE: Final = Kind(ESO, "ClusterSecretStore")
OF_THE_CLUSTER: Final = of(ESO, "ClusterExternalSecret", "ClusterPushSecret")


@rule(
    "S2",
    area="secrets",
    level=MANDATORY,
    severity=HIGH,
    title="Secrets come from the tenant's own part of the store, and follow it by the clock",
    why="A Secret that is read once is never rotated; a store of the whole cluster holds other tenants' secrets.",
    fix="use a SecretStore of the namespace, keys below the environment's own, and refreshInterval: 1h",
    serves=("F8", "I6", "O6"),
    judges=frozenset({EXTERNAL, PUSH, CLUSTER_STORE}) | OF_THE_CLUSTER,
    needs=PLAN,
    settings={
        "longest": {"type": "string", "default": "24h", "description": "The longest refreshInterval, as Go writes it."},
        "prefix": {
            "type": "string",
            "default": "<tenant>/<environment>/",
            "description": "What keys in the store begin with; <tenant> and <environment> are those of the stack.",
        },
        "clusterStores": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "ClusterSecretStores that tenants may use.",
        },
    },
)
def rotating(found: Object, stack: Stack) -> Iterator[str]:
    """Periodic, every hour, from a SecretStore: that is what absence means."""
    if found.kind in OF_THE_CLUSTER:
        yield f"a {found.kind.name} writes into every tenant's namespaces"
    elif found.kind == CLUSTER_STORE:
        yield from _own_namespaces(found, stack)
    elif found.kind == PUSH:
        yield from _pushed(found, stack)
    else:
        yield from _refreshed(found, stack)
        yield from _sources(found, stack)


def _refreshed(found: Object, stack: Stack) -> Iterator[str]:
    policy, interval, target = (found.at(f"spec.{name}") for name in ("refreshPolicy", "refreshInterval", "target"))
    with apart(policy):
        if policy.text() not in (None, "Periodic"):
            yield f"{policy.path} is {policy.text()}: it never follows the store"
    with apart(interval):
        text = interval.text()
        seconds = None if text is None else _seconds(interval, text)
        if seconds == 0:
            yield f"{interval.path} is 0: it is read once"
        elif seconds is not None and seconds > duration.parse(stack.settings["longest"]):
            yield f"{interval.path} is longer than {stack.settings['longest']}"
    with apart(target):
        if target["immutable"].flag():
            yield f"{target.path}.immutable: what cannot change is never rotated"


def _seconds(interval: View, text: str) -> Any:
    try:
        return duration.parse(text)
    except ValueError as error:
        raise Malformed(interval.path, str(error), "text that is none") from None


def _sources(found: Object, stack: Stack) -> Iterator[str]:
    spec = found["spec"]
    with apart(spec):
        yield from _store(spec["secretStoreRef"], stack)
    for field in ("data", "dataFrom"):
        with apart(spec):
            for each in spec[field].items():
                with apart(each):
                    yield from _store(each["sourceRef"]["storeRef"], stack)
                keys = (each["remoteRef"]["key"], each["extract"]["key"], each["key"])
                for key in keys:
                    with apart(key):
                        if key.present:
                            yield from _key(key, stack)
                with apart(each):
                    if each["find"].present:
                        yield from _key(each["find"]["path"], stack)


def _store(reference: View, stack: Stack) -> Iterator[str]:
    if (
        reference["kind"].text() not in (None, STORE)
        and reference["name"].text() not in stack.settings["clusterStores"]
    ):
        yield f"{reference.path} is not a SecretStore of the namespace but one of the whole cluster"


def _key(key: View, stack: Stack) -> Iterator[str]:
    prefix = _prefix(stack)
    text = key.text() or ""
    if not text.startswith(prefix) or ".." in text.split("/"):
        yield f"{key.path} is not below {prefix}"


def _prefix(stack: Stack) -> str:
    tenant = stack.tenant
    given: str = stack.settings["prefix"]
    return given.replace("<tenant>", tenant.name).replace("<environment>", tenant.environment.value)


def _pushed(found: Object, stack: Stack) -> Iterator[str]:
    spec = found["spec"]
    with apart(spec):
        for reference in spec["secretStoreRefs"].items():
            with apart(reference):
                yield from _store(reference, stack)
    with apart(spec):
        for each in spec["data"].items():
            with apart(each):
                yield from _key(each.at("match.remoteRef.remoteKey"), stack)
    with apart(spec):
        if spec["dataTo"].items():
            yield f"{spec['dataTo'].path} makes keys that nobody has written down: name them under `data`"


def _own_namespaces(found: Object, stack: Stack) -> Iterator[str]:
    """Conditions are alternatives, and a store without any is everybody's."""
    conditions = found.at("spec.conditions")
    items = conditions.items()
    if not items and not found.patch:
        yield f"{conditions.path} is empty: every namespace may read from this store"
    own = {space.name for space in plan.spaces(stack.tenant)}
    for condition in items:
        with apart(condition):
            by_names = condition["namespaces"].texts()
            others = condition["namespaceSelector"].present or condition["namespaceRegexes"].items()
            if others or not by_names or not set(by_names) <= own:
                yield f"{condition.path} opens the store to more than this environment's namespaces"
