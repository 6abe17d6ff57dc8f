"""The platform: what all tenants of one cluster share. `paas:platform` in the stack file `platform`."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from spec import image
from spec._base import Model, refuse, wrong
from spec.operators import Operators
from spec.owner import Owner
from spec.platform_scalars import BucketName, Endpoint, PostgresVersion
from spec.scalars import CostCentre, Duration, Image, Provisioner, Region, RuleId, SecretName, Subnet


class Network(Model):
    """The cluster's own addresses, which tenants' egress never opens."""

    pods: Annotated[tuple[Subnet, ...], Field(min_length=1)]
    """Where pods have theirs."""

    services: Annotated[tuple[Subnet, ...], Field(min_length=1)]
    """Where Services have theirs."""

    nodes: tuple[Subnet, ...] = ()
    """Where nodes have theirs. Absent: no range of its own; the nodes' ports are then as reachable as `egress` says."""


class Storage(Model):
    """What stands behind the storage classes of tenants."""

    provisioner: Provisioner
    """The storage driver that makes them."""

    expandable: bool = False
    """Whether it can make a volume larger. Absent: no."""


class Images(Model):
    """What the platform demands of the images that tenants run."""

    require_digest: bool = True
    """Whether staging and prod run only images that are named with their digest. Absent: true. False: only where the
    images themselves are made anew on each machine."""


class BackupStore(Model):
    """Where backups of tenants' databases go: anything that speaks S3."""

    bucket: BucketName
    """The bucket. Each namespace has a folder of its own in it."""

    endpoint: Endpoint
    """Where the store answers."""

    secret: SecretName = "paas-backups"
    """Secret in each namespace that has a database, with the keys `accessKeyId` and `secretAccessKey`: whoever runs the
    platform puts it there, best with a key that opens the namespace's own folder alone. Absent: paas-backups."""


class Databases(Model):
    """What databases of tenants are made of."""

    images: Annotated[dict[PostgresVersion, Image], Field(min_length=1)]
    """The image of each major version that tenants may have, best with its digest. A new digest is a rolling update of
    every database at its stack's next run."""

    pooler: Image
    """PgBouncer's image: 1.19 or newer, for CloudNativePG 1.30 sets `auth_dbname`, which older ones do not know."""

    backups: BackupStore
    """Where backups go."""

    ready_within: Duration = "10m"
    """How long a run waits for a database until it is healthy. Absent: 10m."""

    @model_validator(mode="after")
    def _images_are_of_their_versions(self) -> Self:
        error = wrong(
            "an image whose tag begins with that version: databases' operator goes by it",
            "write for example ghcr.io/cloudnative-pg/postgresql:17.6",
        )
        refuse(
            "Databases",
            (
                (("images", version), found, error)
                for version, found in self.images.items()
                if not re.match(rf"{version}(?![0-9])", image.parse(found).tag or "")
            ),
        )
        return self


class RuleSettings(Model):
    """How the platform sets one rule, for previews and for the API server alike."""

    stage: Literal["warn", "enforce"] = "enforce"
    """`warn`: what breaks the rule is told and let through, while it is tried out. Absent: enforce."""

    settings: dict[str, JsonValue] = Field(default_factory=dict)
    """What the rule lets be set, by name, as the catalogue of rules has it. Absent: its defaults."""


class PlatformSpec(Model):
    """What tenants share."""

    owner: Owner
    """Who answers for it."""

    cost_centre: CostCentre
    """Who pays for what all tenants share."""

    region: Region
    """Where it is: an environment whose data must stay elsewhere is refused."""

    network: Network
    """The cluster's own addresses."""

    storage: Storage
    """How volumes come to be."""

    images: Images = Images()
    """What it demands of images. Absent: digests in staging and prod."""

    databases: Databases | None = None
    """What databases are made of. Absent: tenants have none on this platform."""
    operators: Operators = Operators()
    """What runs certificates, ways in and databases. Absent: nothing of it."""

    rules: dict[RuleId, RuleSettings] = Field(default_factory=dict)
    """Rules that are set otherwise than the catalogue says. Absent: none."""

    @model_validator(mode="after")
    def _databases_need_their_operator(self) -> Self:
        if self.databases is not None and self.operators.cloudnative_pg is None:
            fix = "add `cloudnativePg` to `operators`, by `source: adopt` where it is there already"
            refuse("PlatformSpec", [(("databases",), "databases", wrong("`operators.cloudnativePg` with it", fix))])
        return self
