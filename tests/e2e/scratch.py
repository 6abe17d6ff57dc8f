"""Tenants of a test's own: the very program of the repository, with stack files that the test writes.

with scratch(tmp_path, name="noisy", tier="free") as tenant:
    tenant.stack.up()
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from spec import TenantSpec, names
from spec.labels import PART_OF, labels
from tests.builders import a_tenant, a_tenant_document
from tests.e2e.stacks import ROOT, Stack, kubectl, standing
from tests.locks import PLATFORM, held

IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.59"
PROGRAM = ("Pulumi.yaml", "__main__.py", "components", "spec", "policies", ".venv")
SALT = "encryptionsalt"
A_LEAP_DAY = "0 3 29 2 *"


@dataclass(frozen=True)
class Scratch:
    """A tenant's environment that lives as long as a test.

    Attributes:
        stack: how it is driven; its file lies in a folder of the test's own.
        namespace: the environment's own.
    """

    stack: Stack
    namespace: str

    @property
    def file(self) -> Path:
        return self.stack.root / names.stack_file(self.stack.name)

    @property
    def labels(self) -> dict[str, str]:
        """What its objects bear."""
        return labels(TenantSpec.model_validate_json(json.dumps(self.document())))

    def document(self) -> dict[str, Any]:
        """Return what the stack file says of the tenant."""
        found: dict[str, Any] = yaml.safe_load(self.file.read_text())["config"]["paas:tenant"]
        return found

    def write(self, document: Mapping[str, Any]) -> None:
        """Let the stack file say `document`; what the engine wrote there itself stays."""
        old = yaml.safe_load(self.file.read_text()) if self.file.exists() else {}
        salt = {key: old[key] for key in (SALT,) if key in old}
        self.file.write_text(yaml.safe_dump(salt | {"config": {"paas:tenant": dict(document)}}))


def served(**changes: Any) -> dict[str, Any]:
    """An app that really runs: agnhost's web server. A change to None removes the field."""
    app = {
        "image": IMAGE,
        "args": ["netexec", "--http-port=8080"],
        "port": 8080,
        "health": {"ready": "/hostname", "live": "/healthz"},
    }
    return {key: value for key, value in (app | changes).items() if value is not None}


def idle() -> dict[str, Any]:
    """`jobs` that cost no container: with them the stack file names the registry of the pods that a test makes."""
    return {"idle": {"image": IMAGE, "args": ["pause"], "schedule": A_LEAP_DAY}}


@contextmanager
def scratch(folder: Path, **changes: Any) -> Iterator[Scratch]:
    """Give a tenant that differs from the smallest one by `changes`; afterwards it is gone, with its stack.

    The platform stands as long as it lives.

    Args:
        folder: empty, of the test's own.
    """
    with held(PLATFORM, shared=True):
        standing("platform")
        yield from _living(folder, **changes)


def _living(folder: Path, **changes: Any) -> Iterator[Scratch]:
    document = a_tenant_document(**changes)
    spec = a_tenant(**changes)
    for part in PROGRAM:
        (folder / part).symlink_to(ROOT / part)
    (folder / "stacks").mkdir()
    name = names.stack(spec.name, spec.environment)
    made = Scratch(Stack(name, root=folder), names.namespace(spec.name, spec.environment))
    made.stack.init()
    made.write(document)
    try:
        yield made
    finally:
        # The quick way out: that `pulumi destroy` leaves nothing is shown by the tests of the example tenants.
        kubectl("delete", "namespaces,flowschemas", "-l", f"{PART_OF}={name}", "--wait=false")
        made.stack.run("stack", "rm", "--yes", "--force")
