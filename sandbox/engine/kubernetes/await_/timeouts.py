"""How long to wait: the engine's custom timeout, the annotation, the kind's default."""

from typing import Final

from sandbox.engine.kubernetes.errors import InvalidInput
from sandbox.engine.kubernetes.objects import TIMEOUT, annotation, group_kind
from sandbox.engine.kubernetes.values import Object

DEFAULT: Final = 600.0  # seconds
BY_KIND: Final = {
    ("", "ResourceQuota"): 60.0,
    ("", "PersistentVolume"): 300.0,
    ("", "PersistentVolumeClaim"): 300.0,
}
"""Seconds, as in the official plugin."""


def timeout_of(value: Object, custom: float = 0.0) -> float:
    """Return the seconds to wait for an object; at least 1.

    Args:
        custom: the resource's `customTimeouts` in seconds; 0 means none.

    Raises:
        InvalidInput: the annotation `pulumi.com/timeoutSeconds` is no number.
    """
    said = annotation(value, TIMEOUT)
    if custom > 0:
        return max(custom, 1.0)
    if said is not None:
        try:
            return max(float(said), 1.0)
        except ValueError as error:
            raise InvalidInput(f"`{TIMEOUT}` is {said!r}; write a number of seconds.") from error
    return BY_KIND.get(group_kind(value), DEFAULT)
