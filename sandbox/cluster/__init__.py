"""A Kubernetes cluster on this one machine: a real node where the machine allows it, simulated ones besides."""

from sandbox.cluster.down import down, leftovers
from sandbox.cluster.layout import DEFAULT, Layout
from sandbox.cluster.settings import REGISTRY
from sandbox.cluster.status import Node, Status, status
from sandbox.cluster.up import needs, up

__all__ = ["DEFAULT", "REGISTRY", "Layout", "Node", "Status", "down", "leftovers", "needs", "status", "up"]
