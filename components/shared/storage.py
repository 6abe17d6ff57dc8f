"""StorageClasses: what tenants' claims may ask for, named for what becomes of the data."""

from pulumi import ResourceOptions

from components._kubernetes import StorageClass
from components._meta import meta
from spec import PlatformSpec, plan


def storage_classes(spec: PlatformSpec, opts: ResourceOptions) -> list[StorageClass]:
    """Make the storage classes on the platform's own driver."""
    return [
        StorageClass(
            f"storage-{found.name}",
            metadata=meta(spec, found.name),
            provisioner=spec.storage.provisioner,
            reclaim_policy=found.reclaim,
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=spec.storage.expandable,
            opts=opts,
        )
        for found in plan.storage_classes()
    ]
