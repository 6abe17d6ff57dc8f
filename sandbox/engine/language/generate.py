"""Write a Python program for one in PCL: what `pulumi import` prints for the objects that it has imported.

Each resource becomes a variable, in an order in which everything is defined before it is used. Values stay as the
provider spells them: the SDKs take plain dictionaries. What cannot be said exactly is an error: the engine shows
no diagnostics of this call, so a program that is nearly right would look like one that is.
"""

import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from pulumi.runtime.proto.codegen import loader_pb2 as loader

from sandbox.engine.language.errors import HostError
from sandbox.engine.language.layout import Bracketed, Expression, laid_out, quoted
from sandbox.engine.language.pcl import Block, Call, Reference, Value, parse
from sandbox.engine.language.schemas import PROVIDER, Package, snake_case

Load = Callable[[loader.GetSchemaRequest], Package]
Item = tuple[str, Expression]

FUNCTIONS = {
    "secret": "pulumi.Output.secret",
    "fileAsset": "pulumi.FileAsset",
    "stringAsset": "pulumi.StringAsset",
    "remoteAsset": "pulumi.RemoteAsset",
    "fileArchive": "pulumi.FileArchive",
    "remoteArchive": "pulumi.RemoteArchive",
    "assetArchive": "pulumi.AssetArchive",
}
"""What the importer calls, in Python."""

OPTIONS = {
    "parent": "parent",
    "provider": "provider",
    "dependsOn": "depends_on",
    "protect": "protect",
    "retainOnDelete": "retain_on_delete",
    "ignoreChanges": "ignore_changes",
    "deletedWith": "deleted_with",
    "replaceWith": "replace_with",
    "import": "import_",
}
"""The options that the importer writes, as arguments of `pulumi.ResourceOptions`."""

LOGICAL_NAME = "__logicalName"
PLACE = re.compile(r"[^\W\d]\w*")  # an output that can be reached with a dot


def program(source: Mapping[str, str], load: Load) -> str:
    """Return the program.

    Args:
        source: file -> PCL.
        load: finds a package.

    Raises:
        HostError: something in it has no counterpart here; it is named.
    """
    blocks = [block for file, text in sorted(source.items()) for block in parse(file, text).blocks]
    packages = _packages(blocks, load)
    writer = _Writer(packages)
    statements = [writer.statement(block) for block in _ordered(writer.declare(blocks))]
    imports = sorted(f"import {each.module} as {each.name}" for each in packages.values())
    return "\n".join(["import pulumi", *imports, "", *statements]) + "\n"


class _Writer:
    """Knows what everything is called.

    Args:
        packages: by the name that tokens begin with.
    """

    def __init__(self, packages: Mapping[str, Package]) -> None:
        self._packages = packages
        self._taken = {"pulumi", *(each.name for each in packages.values())}
        self._variables: dict[str, str] = {}

    def declare(self, blocks: Iterable[Block]) -> list[Block]:
        """Give each resource its variable, and return the resources."""
        made = [block for block in blocks if block.kind != "package"]
        for block in made:
            self._variables[block.labels[0]] = self._free(_identifier(block.labels[0]))
        return made

    def _free(self, wanted: str) -> str:
        name, number = wanted, 2
        while name in self._taken:
            name, number = f"{wanted}_{number}", number + 1
        self._taken.add(name)
        return name

    def statement(self, block: Block) -> str:
        """Return the lines that make one resource."""
        name, inputs = block.labels[0], dict(block.attributes)
        logical = _text(inputs.pop(LOGICAL_NAME, name))
        if block.kind == "resource":
            token = block.labels[1]
            package = self._packages[_package_of(token)]
            made = package.path(token)
            arguments = [("", logical), *self._arguments(package, token, inputs)]
        elif block.kind == "component" and set(inputs) == {"token"}:
            made = "pulumi.ComponentResource"
            arguments = [("", _text(inputs["token"])), ("", logical)]
        else:
            raise HostError(f"`{block.kind} {name}` has no counterpart in the Python that this host writes")
        arguments += self._options(block)
        return laid_out(f"{self._variables[name]} = ", Bracketed(f"{made}(", tuple(arguments), ")"))

    def _arguments(self, package: Package, token: str, inputs: Mapping[str, Value]) -> Iterator[Item]:
        for name, value in inputs.items():
            if not package.sets_itself(token, name, value):
                yield f"{package.argument(token, name)}=", self._value(value)

    def _options(self, block: Block) -> Iterator[Item]:
        for inner in block.blocks:
            if inner.kind != "options" or inner.blocks:
                raise HostError(f"`{inner.kind}` of `{block.labels[0]}` has no counterpart in this host's Python")
            if unknown := sorted(set(inner.attributes) - set(OPTIONS)):
                raise HostError(f"resource option `{unknown[0]}` of `{block.labels[0]}` is not known")
            items = tuple((f"{OPTIONS[name]}=", self._value(value)) for name, value in inner.attributes.items())
            yield "opts=", Bracketed("pulumi.ResourceOptions(", items, ")")

    def _value(self, value: Value) -> Expression:
        match value:
            case str():
                return quoted(value)
            case list():
                return Bracketed("[", tuple(("", self._value(item)) for item in value), "]")
            case dict():
                items = tuple((f"{_text(key)}: ", self._value(item)) for key, item in value.items())
                return Bracketed("{", items, "}")
            case Call(name, arguments) if name in FUNCTIONS:
                return Bracketed(f"{FUNCTIONS[name]}(", tuple(("", self._value(item)) for item in arguments), ")")
            case Call(name):
                raise HostError(f"function `{name}` has no counterpart in the Python that this host writes")
            case Reference(path):
                return self._reference(path)
        return repr(value)

    def _reference(self, path: tuple[str | int, ...]) -> str:
        """Return an expression; a variable that is defined nowhere here is one of the user's own program."""
        root = str(path[0])
        rest = path[1:]
        if not all(isinstance(step, str) and PLACE.fullmatch(step) for step in rest):
            raise HostError(f"`{'.'.join(map(str, path))}` reaches into a value, which is not supported")
        return ".".join([self._variables.get(root) or _identifier(root), *(snake_case(str(step)) for step in rest)])


def _packages(blocks: Iterable[Block], load: Load) -> dict[str, Package]:
    """Find the packages that the program declares."""
    wanted = {block.labels[0]: _described(block) for block in blocks if block.kind == "package"}
    used = {_package_of(block.labels[1]) for block in blocks if block.kind == "resource"}
    wanted |= {name: loader.GetSchemaRequest(package=name) for name in used - set(wanted)}
    return {name: load(request) for name, request in wanted.items()}


def _described(block: Block) -> loader.GetSchemaRequest:
    said = block.attributes
    if block.blocks:
        raise HostError(f"package {block.labels[0]} is made from another one, by a parameter; that is not supported")
    return loader.GetSchemaRequest(
        package=str(said.get("baseProviderName", block.labels[0])),
        version=str(said.get("baseProviderVersion", "")),
        download_url=str(said.get("baseProviderDownloadUrl", "")),
    )


def _package_of(token: str) -> str:
    return token.removeprefix(PROVIDER) if token.startswith(PROVIDER) else token.partition(":")[0]


def _ordered(blocks: Iterable[Block]) -> list[Block]:
    """Sort so that what is used comes first; everything else keeps its order.

    Raises:
        HostError: resources that need each other.
    """
    waiting = {block.labels[0]: block for block in blocks}
    done: dict[str, Block] = {}

    def place(name: str, users: tuple[str, ...]) -> None:
        if name in users:
            raise HostError(f"these resources need each other: {', '.join(users)}")
        if name in waiting and name not in done:
            for used in _used(waiting[name]):
                place(used, (*users, name))
            done[name] = waiting[name]

    for name in waiting:
        place(name, ())
    return [*done.values()]


def _used(block: Block) -> Iterator[str]:
    for value in block.attributes.values():
        yield from _references(value)
    for inner in block.blocks:
        yield from _used(inner)


def _references(value: Value) -> Iterator[str]:
    match value:
        case Reference(path):
            yield str(path[0])
        case Call(arguments=items) | [*items]:
            for item in items:
                yield from _references(item)
        case dict():
            yield from _references([*value.values()])


def _identifier(name: str) -> str:
    found = snake_case(re.sub(r"\W", "_", name))
    return f"_{found}" if found[0].isdigit() else f"{found}_" if keyword.iskeyword(found) else found


def _text(value: Value) -> str:
    """Return a literal on one line: names and keys."""
    return quoted(str(value), lines=False)
