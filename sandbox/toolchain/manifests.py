"""Manifests that lie in a Go module: as files, or as the sources of a chart that its release would have rendered."""

import re
import shutil
from pathlib import Path

from sandbox.machine import SandboxError, run

_KUBERNETES = "1.35.0"  # what the chart is told that it is rendered for; it asks for a floor only


def take(root: Path, pattern: str, target: Path) -> None:
    """Write every file below `root` that `pattern` finds to `target`, in the order of their names.

    Raises:
        SandboxError: there is none.
    """
    found = sorted(root.glob(pattern))
    if not found:
        raise SandboxError(f"no `{pattern}` in {root}", "correct the row of sandbox/toolchain/catalogue.py")
    if len(found) == 1:
        shutil.copyfile(found[0], target)
        return
    target.write_text("\n---\n".join(file.read_text().removeprefix("---\n") for file in found))


def render(chart: Path, definitions: Path, target: Path, *, version: str, helm: Path) -> None:
    """Write what `helm template` makes of a chart's sources, in the namespace of its own name.

    Upstream's release does the same: it puts the custom resource definitions into the chart and sets its version.

    Args:
        definitions: folder of `crd-*.yaml`, templates of the chart that lie elsewhere in the sources.
    """
    name = chart.name
    draft = target.with_suffix(".chart") / name
    shutil.copytree(chart, draft)
    told = (draft / "Chart.template.yaml").read_text()
    (draft / "Chart.yaml").write_text(re.sub(r"v0\.1\.0", f"v{version}", told))
    for file in definitions.glob("crd-*.yaml"):
        shutil.copyfile(file, draft / "templates" / file.name)
    values = ["--set", "installCRDs=true", "--set", "startupapicheck.enabled=false"]
    said = run([helm, "template", name, draft, "--namespace", name, "--kube-version", _KUBERNETES, *values])
    target.write_text(said)
    shutil.rmtree(draft.parent)
