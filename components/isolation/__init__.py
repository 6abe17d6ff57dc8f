"""What keeps an environment to itself; one module for each kind of object."""

from components.isolation.space import IsolatedNamespace, IsolatedNamespaceArgs

__all__ = ["IsolatedNamespace", "IsolatedNamespaceArgs"]
