"""What was built from what: one receipt per module, so that nothing is built twice and a damaged file is noticed."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sandbox.machine.paths import cache, programs
from sandbox.toolchain.catalogue import MODULE_FILES, Module


class Receipt(BaseModel):
    """The inputs of a build and the SHA-256 of each program it made."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    inputs: str
    sha256: dict[str, str]


def inputs(module: Module) -> str:
    """Return the digest of all that decides what a build of `module` makes."""
    folder = MODULE_FILES / module.name
    told = [repr(module.ldflags), *(repr(program) for program in module.programs)]
    data = (folder / "go.mod").read_bytes() + (folder / "go.sum").read_bytes() + "\n".join(told).encode()
    return hashlib.sha256(data).hexdigest()


def write(module: Module) -> None:
    """Write down what `module`'s build just made."""
    made = {program.name: digest(programs() / program.name) for program in module.programs}
    path = _path(module)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(Receipt(inputs=inputs(module), sha256=made).model_dump_json(indent=1))
    draft.replace(path)


def state(module: Module) -> dict[str, str]:
    """Say of each program of `module` whether it is `good`, `missing`, `outdated` or `corrupt`."""
    names = [program.name for program in module.programs]
    try:
        receipt = Receipt.model_validate(json.loads(_path(module).read_text()))
    except (FileNotFoundError, json.JSONDecodeError, ValidationError):
        return dict.fromkeys(names, "missing")
    if receipt.inputs != inputs(module):
        return dict.fromkeys(names, "outdated")

    def one(name: str) -> str:
        path = programs() / name
        if not path.exists():
            return "missing"
        return "good" if digest(path) == receipt.sha256.get(name) else "corrupt"

    with ThreadPoolExecutor() as pool:  # hashing releases the interpreter's lock
        return dict(zip(names, pool.map(one, names), strict=True))


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _path(module: Module) -> Path:
    return cache() / "receipts" / f"{module.name}.json"
