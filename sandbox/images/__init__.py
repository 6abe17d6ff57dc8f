"""Container images as data: built from programs, content-addressed, pushed under the names that upstream gives them.

published = publish(IMAGES, programs, address="127.0.0.1:5000")     # reference -> "sha256:..."
digest("registry.k8s.io/e2e-test-images/agnhost:2.59")       # the same later, for `image@sha256:...`
"""

from sandbox.images.catalogue import AGNHOST, BUSYBOX, COREDNS, IMAGES, ON_DEMAND, PAUSE, SERVICES, Extra, Image
from sandbox.images.publish import digest, programs_needed, publish
from sandbox.images.registry import UPSTREAM_HOSTS

__all__ = [
    "AGNHOST",
    "BUSYBOX",
    "COREDNS",
    "IMAGES",
    "ON_DEMAND",
    "PAUSE",
    "SERVICES",
    "UPSTREAM_HOSTS",
    "Extra",
    "Image",
    "digest",
    "programs_needed",
    "publish",
]
