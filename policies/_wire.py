"""Values as the engine sends them, made plain once and for all rules.

Numbers arrive as floats (3 is 3.0), unknowns as sentinels, secrets and assets as signed objects. Here they become
int where they are whole, `UNKNOWN`, `Secret` and `Opaque`; everything else is dict, list, str, bool and None.
"""

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import struct_pb2
from pulumi_policy import proxy
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY

from policies._values import UNKNOWN, Opaque, Secret

SENTINELS: Final = frozenset(
    {
        proxy.UNKNOWN_BOOLEAN_VALUE,
        proxy.UNKNOWN_NUMBER_VALUE,
        proxy.UNKNOWN_STRING_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE,
        proxy.UNKNOWN_ASSET_VALUE,
        proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
    }
)


def plain(raw: Any) -> Any:
    """Return a value of JSON, with the engine's marks in it, as rules read it."""
    if isinstance(raw, str):
        return UNKNOWN if raw in SENTINELS else raw
    if isinstance(raw, float):
        return int(raw) if raw.is_integer() else raw
    if isinstance(raw, Mapping):
        signature = raw.get(SPECIAL_SIG_KEY)
        if signature is None:
            return {key: plain(value) for key, value in raw.items()}
        return Secret(plain(raw.get("value"))) if signature == SPECIAL_SECRET_SIG else Opaque()
    if isinstance(raw, list | tuple):
        return [plain(value) for value in raw]
    return raw


def read(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Return the properties of a request, as `plain` does, in one pass."""
    return {key: _read(value) for key, value in struct.fields.items()}


def _read(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "list_value":
        return [_read(each) for each in value.list_value.values]
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SPECIAL_SIG_KEY in fields:
            secret = fields[SPECIAL_SIG_KEY].string_value == SPECIAL_SECRET_SIG
            return Secret(_read(fields["value"])) if secret else Opaque()
        return {key: _read(each) for key, each in fields.items()}
    return None if kind in (None, "null_value") else plain(getattr(value, kind))
