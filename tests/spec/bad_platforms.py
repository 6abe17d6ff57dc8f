"""Bad inputs in what the platform is."""

from tests.spec.bad import MAPPING, REMOVED, Bad

CIDR = "wanted a network in CIDR notation such as 203.0.113.0/24; write for example 10.244.0.0/16"
YES_OR_NO = "wanted true or false; write true or false without quotes"

BAD_PLATFORMS: list[Bad] = [
    Bad("owner", REMOVED, "wanted who answers for it; add `owner:`"),
    Bad("costCentre", REMOVED, "wanted who pays for what all tenants share; add `costCentre:`"),
    Bad("region", REMOVED, "wanted where it is; add `region:`"),
    Bad(
        "region",
        "EU",
        "wanted a region's short name: at most 63 small letters, digits and single `-`; write for example eu",
    ),
    Bad("network", REMOVED, "wanted the cluster's own addresses; add `network:`"),
    Bad("network.pods", REMOVED, "wanted where pods have theirs; add `pods:`"),
    Bad("network.pods", [], "wanted at least 1 of them; add one"),
    Bad("network.pods", "10.244.0.0/16", "wanted a list; write one `- item` a line"),
    Bad(
        "network.pods",
        ["10.244.0.1/16"],
        "wanted a network in CIDR notation such as 203.0.113.0/24 (10.244.0.1/16 has host bits set); "
        "write for example 10.244.0.0/16",
        at="network.pods.0",
        shown='"10.244.0.1/16"',
    ),
    Bad("network.services", REMOVED, "wanted where Services have theirs; add `services:`"),
    Bad("network.services", ["10.96.0.0"], CIDR, at="network.services.0", shown='"10.96.0.0"'),
    Bad("network.nodes", ["nodes"], CIDR, at="network.nodes.0", shown='"nodes"'),
    Bad("storage", REMOVED, "wanted how volumes come to be; add `storage:`"),
    Bad("storage.provisioner", REMOVED, "wanted the storage driver that makes them; add `provisioner:`"),
    Bad(
        "storage.provisioner",
        "Local Path",
        "wanted the name of a storage driver; write for example rancher.io/local-path, or ask "
        "`kubectl get storageclass`",
    ),
    Bad("storage.expandable", "yes", YES_OR_NO),
    Bad("images", False, MAPPING),
    Bad("images.requireDigest", "no", YES_OR_NO),
    Bad("images.requireDigest", 0, YES_OR_NO),
    Bad(
        "images.requireDigests",
        False,
        "wanted one of requireDigest; did you mean `requireDigest`?",
        shown="a field of that name",
    ),
    Bad(
        "people",
        ["acme"],
        "wanted one of owner, costCentre, region, network, storage, images, databases, operators, rules; remove it",
        shown="a field of that name",
    ),
    Bad(
        "databases",
        {
            "images": {"17": "ghcr.io/cloudnative-pg/postgresql:15-bookworm"},
            "pooler": "ghcr.io/cloudnative-pg/pgbouncer:1.24.1",
            "backups": {"bucket": "paas-backups", "endpoint": "https://s3.eu.example.com"},
        },
        "wanted an image whose tag begins with that version: databases' operator goes by it; "
        "write for example ghcr.io/cloudnative-pg/postgresql:17.6",
        at="databases.images.17",
        shown='"ghcr.io/cloudnative-pg/postgresql:15-bookworm"',
    ),
]
