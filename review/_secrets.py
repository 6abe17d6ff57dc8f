"""Takes secrets out of what the engine says, before anything else reads it.

The engine blinds what it knows to be secret. Besides, nothing that Kubernetes keeps in a Secret is let through, nor
keys and passwords that can be told by their looks: programs forget to mark them.
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

_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|client-key-data")
_BLOCK = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_PASSWORD = re.compile(r"(?<=://)([^\s/:@]*):[^\s/@]+@")
_COLOUR = re.compile(r"<\{%.*?%\}>|\x1b\[[0-9;]*m")


def cleaned(value: Any) -> Value:
    """Return a value with marks for what is secret or not known yet."""
    if isinstance(value, Mapping):
        if SIGNATURE in value:
            return _special(value)
        return {
            key: Mark.SECRET if key == LAST_APPLIED else cleaned(found)
            for key, found in value.items()
            if key != "__internal"
        }
    if isinstance(value, list):
        return [cleaned(found) for found in value]
    return _text(value) if isinstance(value, str) else value


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
    return _PASSWORD.sub(rf"\1:{Mark.SECRET}@", value)


def _blinded(value: Value) -> Value:
    """Return the names of a Secret's values, and none of the values."""
    return dict.fromkeys(value, Mark.SECRET) if isinstance(value, Mapping) else Mark.SECRET
