"""How rules read: field by field, through a view that knows unknowns, nulls, numbers and secrets.

Reading a field has three ends: a value of the wanted type (None where the field is absent or null), `Undecided` where
a preview cannot know it, `Malformed` where it is of another type. Rules catch neither: around a rule, and around each
`with apart(view):` in it, the question ends there, and the reading remembers why.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, TypeVar

from policies._values import UNKNOWN, Opaque, Secret, unveiled
from spec import quantity


class Undecided(Exception):
    """A question that needs what is not known."""

    def __init__(self, path: str, why: str = "is not known yet") -> None:
        super().__init__(path, why)
        self.path = path
        self.why = why


class Malformed(Exception):
    """A field that is not what its kind says. Its text shows the type that it has, never the value."""

    def __init__(self, path: str, wanted: str, found: str) -> None:
        super().__init__(f"{path} is {found}, and must be {wanted}")


@dataclass
class Reading:
    """What one rule did with one resource, or with one stack.

    Attributes:
        paths: the fields that it asked for.
        closed: texts that are nobody's business, such as what is in a Secret: taken out of sentences.
        veiled: the first field that is marked as a secret and was asked for; no sentence after that is shown as it is.
        undecided: what it could not know.
        malformed: what was not what its kind says.
    """

    paths: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    veiled: str = ""
    undecided: list[Undecided] = field(default_factory=list)
    malformed: list[Malformed] = field(default_factory=list)

    @contextmanager
    def question(self) -> Iterator[None]:
        """End a question here where it cannot be decided, and go on after it."""
        try:
            yield
        except Undecided as error:
            self.undecided.append(error)
        except Malformed as error:
            self.malformed.append(error)


_ABSENT: Final = object()
# Of Secrets and ConfigMaps. What variables are set to is closed as well.
_CLOSED: Final = frozenset({"data", "stringData", "binaryData"})
Item = TypeVar("Item", bound="View")


class View:
    """A field of an object, and what is below it.

    Attributes:
        path: where it is, as people write it: `spec.containers[0].image`.
        reading: what remembers who asked for what.
    """

    def __init__(self, value: Any, path: str, reading: Reading, *, secret: bool = False, closed: bool = False) -> None:
        self._value = unveiled(value)
        self._secret = secret or isinstance(value, Secret)
        self._closed = closed
        self.path = path
        self.reading = reading

    def __getitem__(self, key: str) -> "View":
        """Return a field; one that is absent reads as None, one below an unknown is unknown."""
        if self._value is UNKNOWN:
            return self
        path = f"{self.path}.{key}" if self.path else key
        if "." in key or "/" in key:
            path = f'{self.path}["{key}"]'
        if self._value is None or self._value is _ABSENT:
            return View(_ABSENT, path, self.reading)
        value = self._typed(dict, "an object").get(key, _ABSENT)
        closed = key in _CLOSED or (key == "value" and "env[" in self.path)
        return View(value, path, self.reading, secret=self._secret, closed=self._closed or closed)

    def at(self, path: str) -> "View":
        """Return a field below by its names with dots: `spec.template.spec`."""
        found = self
        for key in path.split("."):
            found = found[key]
        return found

    def every(self, path: str) -> "list[View]":
        """Return the fields of a path with lists in it: `spec.replicatedJobs[].template`; absent lists are empty."""
        head, mark, rest = path.partition("[]")
        found = [self.at(head)] if head else [self]
        if not mark:
            return found
        items = found[0].items()
        return [below for item in items for below in (item.every(rest.lstrip(".")) if rest else [item])]

    @property
    def present(self) -> bool:
        """Whether it is there and not null."""
        self._look()
        return self._value is not _ABSENT and self._value is not None

    @property
    def absent(self) -> bool:
        """Whether it is known not to be there, or to be null; what is unknown may be there."""
        return self._value is _ABSENT or self._value is None

    def text(self) -> str | None:
        """Return text, or None where there is none."""
        value: str | None = self._typed(str, "text")
        if value is not None and self._closed:
            self.reading.closed.add(value)
        return value

    def number(self) -> int | None:
        """Return a whole number."""
        value: int | None = self._typed(int, "a whole number")
        return value

    def flag(self) -> bool | None:
        """Return true or false."""
        value: bool | None = self._typed(bool, "true or false")
        return value

    def number_or_text(self) -> int | str | None:
        """Return what Kubernetes calls IntOrString, such as a port or a percentage."""
        self._look()
        return self.text() if isinstance(self._value, str) else self.number()

    def quantity(self) -> Decimal | None:
        """Return a quantity in base units, exactly: `0.5` is `500m`."""
        self._look()
        if isinstance(self._value, str):
            text: str | None = self.text()
        elif isinstance(self._value, int | float) and not isinstance(self._value, bool):
            text = str(self._value)
        else:
            text = self._typed(str, "a quantity")
        if text is None:
            return None
        try:
            return quantity.parse(text)
        except ValueError as error:
            raise Malformed(self.path, str(error), "text that is none") from None

    def items(self) -> "list[View]":
        """Return the items of a list; none where it is absent."""
        value = self._typed(list, "a list") or []
        return [
            View(each, f"{self.path}[{position}]", self.reading, secret=self._secret, closed=self._closed)
            for position, each in enumerate(value)
        ]

    def texts(self) -> list[str]:
        """Return the items of a list of texts."""
        return [text for item in self.items() if (text := item.text()) is not None]

    def fields(self) -> "dict[str, View]":
        """Return what is in an object, by name, without nulls; none where it is absent."""
        value = self._typed(dict, "an object") or {}
        return {key: self[key] for key in value if value[key] is not None}

    def mapping(self) -> dict[str, str]:
        """Return an object of texts, such as labels."""
        return {key: text for key, each in self.fields().items() if (text := each.text()) is not None}

    def _look(self) -> None:
        self.reading.paths.add(self.path)
        if self._secret:
            self.reading.veiled = self.reading.veiled or self.path or "the object"
        if self._value is UNKNOWN:
            raise Undecided(self.path)

    def _typed(self, kind: type, wanted: str) -> Any:
        self._look()
        value = self._value
        if value is _ABSENT or value is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise Malformed(self.path, wanted, _kind_of(value))
        return value


def apart(view: View) -> AbstractContextManager[None]:
    """Return the bounds of one question: what is unknown in it hides nothing that is asked after it.

    for container in pod.containers:
        with apart(container):
            ...
    """
    return view.reading.question()


def some(items: Iterable[Item], test: Callable[[Item], bool]) -> bool:
    """Return whether `test` holds for an item. One that holds decides, whatever is unknown about the others.

    Raises:
        Undecided: it holds for none that is known, and may for one that is not.
    """
    undecided: Undecided | None = None
    for item in items:
        try:
            if test(item):
                return True
        except Undecided as error:
            undecided = undecided or error
    if undecided is not None:
        raise undecided
    return False


def _kind_of(value: Any) -> str:
    names = {str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return "a file" if isinstance(value, Opaque) else names.get(type(value), "something else")
