"""The small changes of a module's code that tests must notice.

They are mutmut's, made in all code of a module: mutmut's own runner leaves out what has a decorator, which rules do,
and tables. Three of ours come on top: an `if` that is always or never taken, other words in an f-string, and a rule
without one of its optional facts. Left alone is what is no behaviour: types, other decorators, and the prose of rules.
A text is changed once: words in a sentence, which has spaces; something on both ends of any other. None for False
changes nothing.
"""

from collections.abc import Iterator
from typing import Any, Final

import libcst as cst
from libcst import matchers as m
from mutmut.mutation.file_mutation import NEVER_MUTATE_FUNCTION_CALLS
from mutmut.mutation.mutators import mutation_operators, operator_if_exp, operator_string

PROSE: Final = ("title", "why", "fix", "serves", "decided_by", "description")
OPTIONAL: Final = ("needs", "patches", "excusable", "settings")

_RULE: Final = m.Call(func=m.Name("rule") | m.Name("stack_rule"))
_ALONE: Final = (
    m.Annotation()
    | m.Assign(value=m.Subscript() | m.Call(func=m.Name("TypeVar")))  # names of types
    | m.Call(func=m.OneOf(*map(m.Name, sorted(NEVER_MUTATE_FUNCTION_CALLS))))
    | m.Decorator(decorator=m.DoesNotMatch(_RULE))
    | m.Arg(keyword=m.OneOf(*map(m.Name, PROSE)))
    | m.DictElement(key=m.SimpleString('"description"'))
)


def _text(node: cst.SimpleString) -> list[cst.BaseString]:
    made = list(operator_string(node))
    if "r" in node.prefix:
        return made
    return made[-1:] if " " in node.value else made[:1]


def _words(node: cst.FormattedStringText) -> Iterator[cst.FormattedStringText]:
    other = node.value.swapcase()
    yield node.with_changes(value="XX" if other == node.value else other)


def _without_fact(node: cst.Decorator) -> Iterator[cst.Decorator]:
    call = cst.ensure_type(node.decorator, cst.Call)
    for arg in call.args:
        if arg.keyword and arg.keyword.value in OPTIONAL:
            yield node.with_changes(decorator=call.with_changes(args=[each for each in call.args if each is not arg]))


OPERATORS: Final[list[tuple[Any, Any]]] = [
    *(found for found in mutation_operators if found[1] is not operator_string),
    (cst.SimpleString, _text),
    (cst.FormattedStringText, _words),
    (cst.If, operator_if_exp),
    (cst.CompIf, operator_if_exp),
    (cst.Decorator, _without_fact),
]


class _Changes(cst.CSTVisitor):
    """Collects pairs of nodes: what is there, and what could be there instead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[cst.CSTNode, cst.CSTNode]] = []
        self._rule: cst.CSTNode | None = None

    def on_visit(self, node: cst.CSTNode) -> bool:
        if m.matches(node, _ALONE):
            return False
        if isinstance(node, cst.FormattedStringExpression):
            node.expression.visit(self)  # how it is written is no text
            return False
        if isinstance(node, cst.Decorator):
            self._rule = node.decorator  # any other argument is one that it must have
        if node is not self._rule:
            self.found += [(node, new) for kind, make in OPERATORS if isinstance(node, kind) for new in make(node)]
        return True


def mutations(code: str) -> Iterator[str]:
    """Yield the code of a module with one change, for each change; none twice."""
    module = cst.parse_module(code)
    changes = _Changes()
    module.visit(changes)
    seen = {code}
    for old, new in changes.found:
        if module.code_for_node(new) == module.code_for_node(old).replace("False", "None"):
            continue
        changed = cst.ensure_type(module.deep_replace(old, new), cst.Module).code
        if changed not in seen:
            seen.add(changed)
            yield changed
