"""Names of objects: given by the program, kept from the state, proposed by the engine, or made up.

A made-up name is `<logical name>-<8 hex digits>`, and the annotation `pulumi.com/autonamed` remembers that it was:
such an object can be replaced before the old one is deleted, because its successor gets another name.

An interrupted run may have made an object whose made-up name no state remembers. The next run finds it by its field
manager (see `managers`) before it makes up another name, so that nothing is made twice.
"""

import hashlib
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum
from typing import Final

from sandbox.engine.kubernetes.errors import InvalidInput
from sandbox.engine.kubernetes.objects import AUTONAMED, flag
from sandbox.engine.kubernetes.values import UNKNOWN, Object, get

LONGEST: Final = 63  # characters of a DNS label, the strictest limit among kinds
SUFFIX: Final = 8  # hex digits


class Mode(Enum):
    """What the engine's autonaming settings ask for (CheckRequest.AutonamingOptions.Mode)."""

    PROPOSE = 0
    ENFORCE = 1
    DISABLE = 2


@dataclass(frozen=True)
class Autonaming:
    """The engine's autonaming settings for one resource."""

    mode: Mode
    proposed: str


def logical_name(urn: str) -> str:
    """Return the last part of a URN: the resource's name in the program."""
    return urn.rpartition("::")[2]


def made_up(prefix: str, seed: bytes) -> str:
    """Return a name for `prefix`; the same seed gives the same name, so plans hold."""
    base = re.sub(r"[^a-z0-9.-]+", "-", prefix.lower()).strip("-.") or "x"
    digits = hashlib.sha256(seed + prefix.encode()).hexdigest()[:SUFFIX]
    return f"{base[: LONGEST - SUFFIX - 1].rstrip('-.')}-{digits}"


def named(
    news: Object,
    olds: Object,
    *,
    logical: str,
    seed: bytes,
    autonaming: Autonaming | None = None,
    orphan: Callable[[], str | None] = lambda: None,
) -> Object:
    """Return the new inputs with a name.

    Args:
        news: inputs from the program.
        olds: inputs in the state; empty for a new resource and for the successor of a replaced one.
        logical: the resource's name in the program.
        seed: the engine's random seed for this resource.
        autonaming: the engine's settings; None means our own way.
        orphan: finds the name of an object that an interrupted run of this very resource left behind.

    Raises:
        InvalidInput: no name is given and autonaming is disabled.
    """
    metadata = news.get("metadata")
    if metadata is UNKNOWN or get(news, "metadata", "name") is not None:
        return news
    result = deepcopy(news)
    metadata = result.setdefault("metadata", {})
    prefix = metadata.get("generateName")
    old_name = get(olds, "metadata", "name")
    if old_name and flag(olds, AUTONAMED) and prefix == get(olds, "metadata", "generateName"):
        name = old_name
    elif autonaming and autonaming.mode is Mode.DISABLE:
        raise InvalidInput(
            f"Automatic naming is disabled and {news.get('kind')} {logical!r} has no name; set `metadata.name`."
        )
    elif prefix is UNKNOWN:
        return news
    elif autonaming and autonaming.proposed and not prefix:
        name = autonaming.proposed
    else:
        name = orphan() or made_up(str(prefix or logical).rstrip("-"), seed)
    metadata["name"] = name
    annotations = metadata.get("annotations")
    if annotations is not UNKNOWN:
        metadata["annotations"] = {**(annotations or {}), AUTONAMED: "true"}
    return result


def same_object(olds: Object, news: Object) -> bool:
    """Tell whether the successor of a replaced object would bear its name, so that the old one must go first."""
    if flag(news, AUTONAMED):
        return False
    return all(
        get(news, "metadata", part) is UNKNOWN or get(olds, "metadata", part) == get(news, "metadata", part)
        for part in ("namespace", "name")
    )
