"""Property values: the engine's protobuf structs on one side, plain JSON on the other.

The engine wraps what is special about a value in a map with a signature key: secrets, outputs, assets,
references to resources. Inside the provider a value is plain JSON plus `UNKNOWN`; which paths are secret is
kept beside it, and wrapped again when the value goes back.
Whole numbers come back as ints: protobuf knows doubles only, and the API server refuses `1.0` for a port.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.struct_pb2 import NULL_VALUE, Struct, Value

from sandbox.engine.kubernetes.errors import InvalidInput

Json = Any
"""JSON as Kubernetes writes it: None, bool, int, float, str, list, dict; and `UNKNOWN` in previews."""

Object = dict[str, Any]
"""One Kubernetes object, or a part of it, as JSON."""

Path = tuple[str | int, ...]
"""The way to a value: keys of maps and indexes of lists, from the outermost in."""

# sdk/go/common/resource/sig and plugin/rpc.go of pulumi/pulumi name these constants.
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN_SENTINEL: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_SENTINELS: Final = frozenset(
    {
        UNKNOWN_SENTINEL,  # string
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # map
    }
)
REFUSED: Final = {
    "c44067f5952c0a294b673a41bacd8c17": "an asset",
    "0def7320c3a5731c473e5ecbe6d01bc7": "an archive",
    "5cf8f73096256a8f31e491e813e4eb8e": "a reference to a resource",
}
BIGGEST_WHOLE: Final = 2**53  # beyond it a double no longer tells neighbours apart


class Unknown:
    """A value that only the real run will know; there is one instance, `UNKNOWN`."""

    def __repr__(self) -> str:
        return "<unknown>"

    def __deepcopy__(self, memo: object) -> "Unknown":
        return self


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Properties:
    """Decoded properties.

    Attributes:
        value: plain JSON; `UNKNOWN` stands where the value is not known yet.
        secrets: the paths whose values are secret.
    """

    value: Object
    secrets: frozenset[Path] = frozenset()


def decode(struct: Struct) -> Properties:
    """Return the engine's properties as plain JSON and the set of secret paths.

    Raises:
        InvalidInput: a value is an asset, an archive or a reference, which no Kubernetes object can hold.
    """
    secrets: list[Path] = []
    return Properties(_fields(struct, (), secrets), frozenset(secrets))


def _fields(struct: Struct, path: Path, secrets: list[Path]) -> Object:
    return {key: _value(value, (*path, key), secrets) for key, value in struct.fields.items()}


def _value(value: Value, path: Path, secrets: list[Path]) -> Json:  # noqa: PLR0911 one return per protobuf kind
    match value.WhichOneof("kind"):
        case "string_value":
            text = value.string_value
            return UNKNOWN if text in UNKNOWN_SENTINELS else text
        case "struct_value":
            if SIGNATURE in value.struct_value.fields:
                return _special(value.struct_value, path, secrets)
            return _fields(value.struct_value, path, secrets)
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() and abs(number) <= BIGGEST_WHOLE else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_value(item, (*path, index), secrets) for index, item in enumerate(value.list_value.values)]
        case _:
            return None


def _special(struct: Struct, path: Path, secrets: list[Path]) -> Json:
    fields = struct.fields
    signature = fields[SIGNATURE].string_value
    if signature == SECRET:
        secrets.append(path)
        return _value(fields["value"], path, secrets)
    if signature == OUTPUT:
        if fields["secret"].bool_value if "secret" in fields else False:
            secrets.append(path)
        return _value(fields["value"], path, secrets) if "value" in fields else UNKNOWN
    kind = REFUSED.get(signature, f"a special value with signature {signature}")
    raise InvalidInput(f"`{dotted(path)}` is {kind}, and a Kubernetes object holds plain values; pass text or data.")


def encode(value: Mapping[str, Json], secrets: frozenset[Path] = frozenset()) -> Struct:
    """Return plain JSON as the engine's properties, with every value at a path in `secrets` marked secret.

    A path that leads nowhere in `value` is ignored: outputs need not echo every secret input.
    """
    struct = Struct()
    _fill(struct, value, _Marks.of(secrets))
    return struct


class _Marks:
    """Secret paths as a tree, so that encoding a big object looks only where secrets are."""

    __slots__ = ("below", "here")

    def __init__(self) -> None:
        self.here = False
        self.below: dict[str | int, _Marks] = {}

    @classmethod
    def of(cls, paths: frozenset[Path]) -> "_Marks":
        root = cls()
        for path in paths:
            at = root
            for part in path:
                at = at.below.setdefault(part, cls())
            at.here = True
        return root


def _fill(struct: Struct, value: Mapping[str, Json], marks: "_Marks | None") -> None:
    fields = struct.fields
    for key, item in value.items():
        _set(fields[key], item, marks.below.get(key) if marks else None)


def _set(target: Value, value: Json, marks: "_Marks | None") -> None:
    if marks is not None and marks.here:
        wrapped = target.struct_value.fields
        wrapped[SIGNATURE].string_value = SECRET
        _put(wrapped["value"], value, None)
    else:
        _put(target, value, marks)


def _put(target: Value, value: Json, marks: "_Marks | None") -> None:
    match value:
        case str():
            target.string_value = value
        case bool():
            target.bool_value = value
        case int() | float():
            target.number_value = value
        case dict():
            target.struct_value.SetInParent()
            _fill(target.struct_value, value, marks)
        case list() | tuple():
            target.list_value.SetInParent()
            items = target.list_value.values
            for index, item in enumerate(value):
                _set(items.add(), item, marks.below.get(index) if marks else None)
        case None:
            target.null_value = NULL_VALUE
        case Unknown():
            target.string_value = UNKNOWN_SENTINEL
        case _:
            raise TypeError(f"{type(value).__name__} is no property value")


def holds_unknown(value: Json) -> bool:
    """Tell whether anything in `value` is not known yet."""
    match value:
        case Unknown():
            return True
        case dict():
            return any(holds_unknown(item) for item in value.values())
        case list():
            return any(holds_unknown(item) for item in value)
    return False


def known(value: Json) -> Json:
    """Return `value` without what is not known yet: what a dry run can be told."""
    match value:
        case dict():
            return {key: known(item) for key, item in value.items() if item is not UNKNOWN}
        case list():
            return [known(item) for item in value if item is not UNKNOWN]
    return value


def get(value: Json, *path: str | int) -> Json:
    """Return what lies at `path`, or None where the way ends early."""
    for part in path:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value):
            value = value[part]
        else:
            return None
    return value


def dotted(path: Path) -> str:
    """Write a path as the engine does: `spec.containers[0].env`, `metadata.labels["app.kubernetes.io/name"]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part and all(letter not in part for letter in '."[]'):
            text += f".{part}" if text else part
        else:
            text += '["' + part.replace('"', '\\"') + '"]'
    return text


def walk(value: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Yield every leaf (scalars, empty maps and lists) with its path."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from walk(item, (*path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from walk(item, (*path, index))
    else:
        yield path, value
