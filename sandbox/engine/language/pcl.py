"""Read the engine's own notation for programs (PCL, in HCL's syntax) as far as its importer writes it.

    resource shop "kubernetes:core/v1:Namespace" {
      metadata = { "name" = "shop" }
      options { protect = true }
    }

Deliberately not all of HCL: interpolations, conditions, loops and heredocs are refused, never guessed at.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError

from sandbox.engine.language.errors import HostError

GRAMMAR = r"""
start: _statement*
_statement: block | attribute
block: NAME (NAME | STRING)* "{" _statement* "}"
attribute: NAME "=" _value
_value: NUMBER | STRING | list | object | call | reference
list: "[" (_value ("," _value)* ","?)? "]"
object: "{" (item ","?)* "}"
item: (NAME | STRING) "=" _value
call: NAME "(" (_value ("," _value)*)? ")"
reference: NAME ("." NAME | "[" (NUMBER | STRING) "]")*

NAME: /[^\W\d][\w-]*/
NUMBER: /-?\d+(\.\d+)?([eE][+-]?\d+)?/
STRING: /"(\\.|[^"\\\n])*"/
%ignore /\s+/
"""

_ESCAPE = re.compile(r'\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\[nrt"\\]|\$\$\{|%%\{|\$\{|%\{|\\')
_MEANING = {r"\n": "\n", r"\r": "\r", r"\t": "\t", r"\"": '"', r"\\": "\\", "$${": "${", "%%{": "%{"}
_WORDS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True)
class Reference:
    """A variable and the way from there: `("shop", "id")`."""

    path: tuple[str | int, ...]


@dataclass(frozen=True)
class Call:
    """A function of PCL and its arguments."""

    name: str
    arguments: tuple["Value", ...]


Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | Reference | Call | None"


@dataclass(frozen=True)
class Block:
    """`kind label label { attributes, blocks }`."""

    kind: str
    labels: tuple[str, ...]
    attributes: dict[str, Value]
    blocks: tuple["Block", ...]

    def all(self, kind: str) -> list["Block"]:
        """Return the blocks of a kind within this one."""
        return [block for block in self.blocks if block.kind == kind]


def parse(file: str, text: str) -> Block:
    """Read one file; it is itself a block, without kind and labels.

    Raises:
        HostError: it holds what is not known here; the place is named.
    """
    try:
        return _Reader().transform(_parser().parse(text))
    except UnexpectedInput as error:
        place = f"{file}:{error.line}:{error.column}"
        raise HostError(f"{place}: cannot be read:\n{error.get_context(text).rstrip()}") from error
    except VisitError as error:
        raise HostError(f"{file}: {error.orig_exc}") from error


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr")


def _meaning(escape: re.Match[str]) -> str:
    text = escape[0]
    if text in _MEANING:
        return _MEANING[text]
    if text[:2] in (r"\u", r"\U"):
        return chr(int(text[2:], 16))
    raise HostError(f"`{text}` within a text is not supported: only plain texts can be turned into Python")


@v_args(inline=True)
class _Reader(Transformer[Token, Block]):
    """Turns the parser's tree into values, from the leaves up."""

    NAME = str

    def NUMBER(self, token: Token) -> int | float:
        return float(token) if set(token) & set(".eE") else int(token)

    def STRING(self, token: Token) -> str:
        return _ESCAPE.sub(_meaning, token[1:-1])

    def list(self, *items: Value) -> Value:
        return [*items]

    def object(self, *items: tuple[str, Value]) -> Value:
        return dict(items)

    def item(self, key: str, value: Value) -> tuple[str, Value]:
        return key, value

    def call(self, name: str, *arguments: Value) -> Value:
        return Call(name, arguments)

    def reference(self, *path: str | int) -> Value:
        return _WORDS[str(path[0])] if len(path) == 1 and path[0] in _WORDS else Reference(path)

    def attribute(self, name: str, value: Value) -> tuple[str, Value]:
        return name, value

    def block(self, kind: str, *parts: "str | tuple[str, Value] | Block") -> Block:
        labels = tuple(part for part in parts if isinstance(part, str))
        attributes = dict(part for part in parts if isinstance(part, tuple))
        return Block(kind, labels, attributes, tuple(part for part in parts if isinstance(part, Block)))

    def start(self, *parts: "str | tuple[str, Value] | Block") -> Block:
        return self.block("", *parts)
