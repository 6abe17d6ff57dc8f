"""Twins of `policies.secret_stores`. No message has a value in it: they are the same whatever stands there."""

from collections.abc import Iterator
from typing import Final

from policies import secret_stores
from policies.admission._certificate import if_timed, timed
from policies.admission._common import cel, is_one_of
from policies.admission._twin import Check, Settings, twin
from policies.secret_stores import (
    ASSIGNED,
    CLUSTER_STORE,
    CONFIG_MAP,
    ENDS,
    EXTERNAL,
    FLAG,
    HARMLESS,
    LOOKS,
    OF_THE_CLUSTER,
    PUSH,
    STORE,
    WORDS,
)
from spec.labels import ENVIRONMENT, PART_OF, TENANT
from spec.workload import SECRETIVE

BETWEEN: Final = "[^A-Za-z0-9]+"


def _secretive(name: str) -> str:
    """Return CEL that holds where a name says that its value is a secret."""
    words = "|".join(word.replace("_", BETWEEN) for word in SECRETIVE)
    ends, inside, harmless = (
        cel(pattern)
        for pattern in (
            f"(?i)({'|'.join(ENDS)})$",
            f"(?i)(^|{BETWEEN})({words})({BETWEEN}|$)",
            f"(?i)({'|'.join(HARMLESS)})$",
        )
    )
    return f"({name}.matches({ends}) || {name}.matches({inside}) && !{name}.matches({harmless}))"


def _plain(value: str) -> str:
    """Return CEL that holds where a value is there and is no reference to another variable."""
    return f"{value} != '' && !{value}.startsWith('$(')"


def _optional(path: str) -> str:
    return "".join(f".?{field}" for field in path.split("."))


def _anywhere(condition: str) -> str:
    """Return CEL that holds where a text meets a condition, which calls it `text`. Lists of all texts would be slow."""
    return " || ".join(
        (
            f"variables.config.exists(key, text, {condition})",
            f"variables.binary.exists(key, text, {condition})",
            f"variables.env.exists(each, [each.?value.orValue('')].exists(text, {condition}))",
            f"variables.lines.exists(line, line.exists(text, {condition}))",
            f"variables.notes.exists(each, each.exists(key, text, {condition}))",
        )
    )


@twin(
    secret_stores.concealed,
    variables={
        "config": f"{is_one_of([CONFIG_MAP])} ? variables.whole.?data.orValue({{}}) : {{}}",
        "binary": f"{is_one_of([CONFIG_MAP])} ? variables.whole.?binaryData.orValue({{}}) : {{}}",
        "env": "variables.containers.map(each, each.?env.orValue([])).flatten()",
        "lines": "variables.containers.map(each,"
        f" [{', '.join(f'each{_optional(path)}.orValue([])' for path in WORDS)}]).flatten()",
        "notes": "[variables.annotations] + variables.templates.map(each, each.?metadata.?annotations.orValue({}))",
    },
)
def concealed(_settings: Settings) -> Iterator[Check]:
    """What the engine knows to be secret, it alone knows."""
    name, value = "each.?name.orValue('')", "each.?value.orValue('')"
    yield Check(
        unless=f"!variables.config.exists(name, value, {_plain('value')} && {_secretive('name')})",
        says="a value in data is a secret, by its name",
    )
    yield Check(
        unless=f"!variables.env.exists(each, {_plain(value)} && {_secretive(name)})",
        says="the value of a variable is a secret, by its name",
    )
    yield Check(
        unless=f"!variables.lines.flatten().exists(word, word.matches({cel(ASSIGNED.pattern)}))",
        says="an argument has a secret in it",
    )
    yield Check(
        unless="variables.lines.all(line, line.all(place, word, place == 0 || word == '' || word.matches('^[-$]')"
        f" || !line[place - 1].startsWith('-') || !line[place - 1].matches({cel(FLAG.pattern)})))",
        says="an argument is a secret: so says the flag before it",
    )
    yield Check(
        unless=f"variables.notes.all(each, each.all(key, value, value == '' || !key.matches({cel(FLAG.pattern)})))",
        says="an annotation has a secret in it, by its name",
    )
    for mark, pattern in LOOKS.items():
        looks = _anywhere(f"text.contains('{mark}') && text.matches({cel(pattern.pattern)})")
        yield Check(unless=f"!({looks})", says=f"a value looks like a secret: those have {mark} in them")


@twin(
    secret_stores.rotating,
    variables={
        "external": f"{is_one_of([EXTERNAL])} ? variables.spec : {{}}",
        "pushed": f"{is_one_of([PUSH])} ? variables.spec : {{}}",
        "conditions": "variables.spec.?conditions.orValue([])",
        # What is in no namespace has no boundaries: an environment's namespaces are called after its stack.
        "home_name": f"variables.labels[?'{PART_OF}'].orValue('')",
        "sources": "variables.external.?data.orValue([]) + variables.external.?dataFrom.orValue([])",
        "stores": "[?variables.external.?secretStoreRef] + variables.sources.map(each,"
        " [?each.?sourceRef.?storeRef]).flatten() + variables.pushed.?secretStoreRefs.orValue([])",
        "keys": "variables.sources.map(each, [?each.?remoteRef.?key, ?each.?extract.?key, ?each.?key,"
        " ?each.?find.optMap(it, it.?path.orValue(''))]).flatten()"
        " + variables.pushed.?data.orValue([]).map(each, each.?match.?remoteRef.?remoteKey.orValue(''))",
    },
)
def rotating(settings: Settings) -> Iterator[Check]:
    """Periodic, every hour, from a SecretStore: that is what absence means."""
    longest, interval = settings["longest"], "variables.external.?refreshInterval"
    yield Check(
        unless=f"!({is_one_of(OF_THE_CLUSTER)})",
        says="a kind of the whole cluster, which writes into every tenant's namespaces",
    )
    yield Check(
        unless="variables.external.?refreshPolicy.orValue('Periodic') == 'Periodic'",
        says="spec.refreshPolicy is not Periodic: it never follows the store",
    )
    for condition, says in (
        (timed("it"), "is none of hours, minutes and seconds such as 1h"),
        (if_timed("it", "duration(it) != duration('0s')"), "is 0: it is read once"),
        (if_timed("it", f"duration(it) <= duration('{longest}')"), f"is longer than {longest}"),
    ):
        yield Check(unless=f"{interval}.optMap(it, {condition}).orValue(true)", says=f"spec.refreshInterval {says}")
    yield Check(
        unless="!variables.external.?target.?immutable.orValue(false)",
        says="spec.target.immutable: what cannot change is never rotated",
    )
    yield Check(
        unless=f"variables.stores.all(each, each.?kind.orValue('{STORE}') == '{STORE}'"
        f" || each.?name.orValue('') in {cel(settings['clusterStores'])})",
        says="a store is not a SecretStore of the namespace but one of the whole cluster",
    )
    prefix = cel(settings["prefix"])
    for name, label in (("tenant", TENANT), ("environment", ENVIRONMENT)):
        prefix += f".replace('<{name}>', variables.home['{label}'])"
    yield Check(
        unless=f"variables.keys.all(key, key.startsWith({prefix}) && !('..' in key.split('/')))",
        says=f"a key is not below {settings['prefix']}",
    )
    yield Check(
        unless="size(variables.pushed.?dataTo.orValue([])) == 0",
        says="spec.dataTo makes keys that nobody has written down: name them under `data`",
    )
    yield Check(
        unless=f"!({is_one_of([CLUSTER_STORE])}) || size(variables.conditions) > 0",
        says="spec.conditions is empty: every namespace may read from this store",
    )
    yield Check(
        unless=f"!({is_one_of([CLUSTER_STORE])}) || variables.conditions.all(each, !has(each.namespaceSelector)"
        " && size(each.?namespaceRegexes.orValue([])) == 0 && size(each.?namespaces.orValue([])) > 0"
        " && each.namespaces.all(name,"
        " name == variables.home_name || name.startsWith(variables.home_name + '--')))",
        says="spec.conditions opens the store to more than this environment's namespaces",
    )
