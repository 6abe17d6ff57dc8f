"""The example platform, changed for as long as a test runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.scratch import PROGRAM
from tests.e2e.stacks import ROOT, Stack, standing
from tests.locks import PLATFORM, held


@contextmanager
def changed(folder: Path, change: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """Bring the platform up with `change` made to what its stack file says; afterwards it is as before.

    Args:
        folder: empty, of the test's own.
    """
    with held(PLATFORM, shared=True):
        standing("platform")
        for part in PROGRAM:
            (folder / part).symlink_to(ROOT / part)
        (folder / ".sandbox").symlink_to(ROOT / ".sandbox")
        (folder / "stacks").mkdir()
        document = yaml.safe_load((ROOT / "stacks/Pulumi.platform.yaml").read_text())
        change(document["config"]["paas:platform"])
        (folder / "stacks/Pulumi.platform.yaml").write_text(yaml.safe_dump(document))
        try:
            Stack("platform", root=folder).up()
            yield
        finally:
            Stack("platform").up()
