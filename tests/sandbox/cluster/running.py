"""One sandbox and the programs for it, as tests drive it."""

from dataclasses import dataclass
from pathlib import Path

from sandbox import cluster
from sandbox.cluster.api import Kubectl
from sandbox.machine import Progress


@dataclass(frozen=True)
class Sandbox:
    """One sandbox and the programs for it."""

    layout: cluster.Layout
    programs: dict[str, Path]

    def up(self, simulated: int = 0) -> None:
        with Progress("test") as progress:
            cluster.up(self.programs, simulated, progress, layout=self.layout)

    def down(self, purge: bool = False) -> None:
        with Progress("test") as progress:
            cluster.down(progress, purge, self.layout)

    def status(self) -> cluster.Status:
        return cluster.status(self.programs, self.layout)

    @property
    def kubectl(self) -> Kubectl:
        return Kubectl(self.programs["kubectl"], self.layout.kubeconfig)
