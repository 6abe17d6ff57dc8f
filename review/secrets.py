"""Takes secrets out of what the engine says, before anything else reads it.

The engine blinds what it knows to be secret. Besides, nothing that Kubernetes keeps in a Secret is let through, nor
what can be told by its name (a variable `DB_PASSWORD`, an argument `--token`) or by its looks: programs forget to mark
such things.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from review.values import Mark, Value

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
ASSETS: Final = {"c44067f5952c0a294b673a41bacd8c17": "asset", "0def7320c3a5731c473e5ecbe6d01bc7": "archive"}
REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

UNKNOWN: Final = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # text, and whatever the provider cannot tell
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a truth value
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # a mapping
    }
)
"""How the engine spells what no preview knows (sdk/go/common/resource/plugin/rpc.go)."""

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
SECRET_FIELDS: Final = ("data", "stringData")

_WORDS: Final = "passwords?|passwd|passphrase|secret|token|(?:api|private|access)[-_]?key|credentials?"
_NAME = re.compile(rf"(?:.*[^a-z])?(?:{_WORDS})|auth|\.dockerconfigjson", re.IGNORECASE | re.DOTALL)
"""A name whose value is secret: it ends with such a word. `secretName` and `tokenExpirationSeconds` do not, nor does
`secrets`, which names the kind."""

_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|client-key-data")
_BLOCK = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_PASSWORD = re.compile(r"(?<=://)([^\s/:@]*):[^\s/@]+@")
_OPEN: Final = r"(?!\[secret\]|(?:true|false|null|none|\d+)\b)"
_GIVEN = re.compile(rf"(?i)([\w.-]*(?:{_WORDS})=){_OPEN}(\"[^\"]*\"|'[^']*'|[^\s,;&]+)")
"""`DB_PASSWORD=...`, `--token=...`, `?api_key=...`"""

_QUOTED = re.compile(rf"""(?i)(["'][\w.-]*(?:{_WORDS}|auth)["']\s*:\s*)("[^"]*"|'[^']*')""")
"""`"password": "..."`, in JSON or what Python makes of a mapping."""

_LINE = re.compile(rf"(?im)^(\s*[\w.-]*(?:{_WORDS})[ \t]*:[ \t]+){_OPEN}([^\s{{\[&|>].*)$")
"""`password: ...`, a line of YAML."""

_BEARER = re.compile(r"(?i)\b((?:bearer|basic) )[A-Za-z0-9._~+/-]{8,}=*")
_FORMS = re.compile(
    r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # JSON web tokens
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\b(?:gh[oprsu]_|github_pat_|glpat-|xox[abeprs]-|npm_|pul-)[\w-]{16,}"
)
"""Keys that say by their beginning what they are."""
_COLOUR = re.compile(r"<\{%.*?%\}>|\x1b\[[0-9;]*m")


def cleaned(value: Any) -> Value:
    """Return a value with marks for what is secret or not known yet."""
    if isinstance(value, Mapping):
        if SIGNATURE in value:
            return _special(value)
        return {key: _named(key, found, value) for key, found in value.items() if key != "__internal"}
    if isinstance(value, list):
        return _listed(value)
    return _text(value) if isinstance(value, str) else value


def _named(key: str, found: Any, around: Mapping[str, Any]) -> Value:
    """Return what a mapping has under a name; `value` goes by the name beside it, as in a container's `env`."""
    name = around.get("name") if key == "value" else key
    by_name = isinstance(found, str) and isinstance(name, str) and _NAME.fullmatch(_apart(name))
    if key == LAST_APPLIED or (by_name and found and found not in UNKNOWN):
        return Mark.SECRET
    return cleaned(found)


def _apart(name: str) -> str:
    """Return a name with its words apart: `dbPassword` is `db-Password`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name)


def _listed(values: list[Any]) -> Value:
    """Return a list, in which `--password` is followed by one."""
    found, hidden = [], False
    for value in values:
        found.append(Mark.SECRET if hidden and isinstance(value, str) else cleaned(value))
        hidden = isinstance(value, str) and value.startswith("-") and bool(_NAME.fullmatch(value))
    return found


def properties(type: str, value: Mapping[str, Any] | None) -> Mapping[str, Value]:
    """Return the properties of a resource of a type, cleaned."""
    found = cleaned(value or {})
    if not isinstance(found, dict):  # a whole resource that is secret
        return {}
    if type.startswith("pulumi:providers:") and "kubeconfig" in found:
        return found | {"kubeconfig": Mark.SECRET}
    if found.get("kind") == "Secret" and found.get("apiVersion") == "v1":
        return found | {field: _blinded(found[field]) for field in SECRET_FIELDS if field in found}
    return found


def message(text: str) -> str:
    """Return a message without colours, keys and passwords."""
    plain = _BLOCK.sub(Mark.SECRET, _COLOUR.sub("", text)).strip()
    return "\n".join(_text(line) for line in plain.split("\n"))


def _special(value: Mapping[str, Any]) -> Value:
    signature = value[SIGNATURE]
    if signature in ASSETS:
        return f"{ASSETS[signature]} {value.get('hash', '')}".strip()
    if signature == REFERENCE:
        return str(value.get("urn", ""))
    if signature == OUTPUT and not value.get("secret"):
        return cleaned(value["value"]) if "value" in value else Mark.UNKNOWN
    return Mark.SECRET  # also what a newer engine may mean


def _text(value: str) -> str:
    if value in UNKNOWN:
        return Mark.UNKNOWN
    if value == Mark.SECRET or _KEY.search(value):
        return Mark.SECRET
    for form, instead in (
        (_PASSWORD, rf"\1:{Mark.SECRET}@"),
        (_GIVEN, rf"\1{Mark.SECRET}"),
        (_QUOTED, rf'\1"{Mark.SECRET}"'),
        (_LINE, rf"\1{Mark.SECRET}"),
        (_BEARER, rf"\1{Mark.SECRET}"),
        (_FORMS, Mark.SECRET),
    ):
        value = form.sub(instead, value)
    return value


def _blinded(value: Value) -> Value:
    """Return the names of a Secret's values, and none of the values."""
    return dict.fromkeys(value, Mark.SECRET) if isinstance(value, Mapping) else Mark.SECRET
