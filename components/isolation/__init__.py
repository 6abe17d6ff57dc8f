"""What keeps an environment to itself; one module for each kind of object."""

from components.isolation.requests import flow
from components.isolation.space import IsolatedNamespace, IsolatedNamespaceArgs

__all__ = ["IsolatedNamespace", "IsolatedNamespaceArgs", "flow"]
