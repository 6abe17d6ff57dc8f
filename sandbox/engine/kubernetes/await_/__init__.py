"""Wait until objects are ready, or gone, as fast as their events come; say why it takes long."""

from sandbox.engine.kubernetes.await_.gone import until_gone
from sandbox.engine.kubernetes.await_.ready import look, until_ready

__all__ = ["look", "until_gone", "until_ready"]
