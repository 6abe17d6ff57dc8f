"""Bad inputs in what a tenant is."""

from typing import Any

from tests.spec.bad import MAPPING, NAME, REMOVED, SPAN, TEXT, Bad

TENANT_NAME = (
    "wanted at most 34 small letters, digits and single `-`, starting with a letter, not with `sandbox-`; "
    "choose a name such as acme"
)
TEAM = "wanted the team's short name: at most 63 small letters, digits and single `-`; write for example storefront"
CONTACT = (
    "wanted an e-mail address or an https:// address that reaches people at any hour; "
    "write for example oncall@acme.example"
)
GROUP = (
    "wanted a group of the identity provider: letters, digits and `:._/@-`, and not `system:...`; "
    "write for example oidc:acme-developers"
)
HOST = (
    "wanted a host name in small letters with at least one dot, without `*` and without a dot at its end; "
    "write for example www.acme.example"
)
CIDR = "wanted a network in CIDR notation such as 203.0.113.0/24; write for example 203.0.113.0/24"
OUTSIDE = "wanted a network outside loopback, link-local and cloud metadata addresses; write for example 203.0.113.0/24"
AT_MOST_90 = "wanted a number of at most 90; write 90 or less"


def an_egress(cidr: str) -> dict[str, Any]:
    """A place outside the cluster, as a stack file says it."""
    return {"cidr": cidr, "ports": [443], "reason": "card payments"}


LONG = "x" * 1001

BAD_TENANTS: list[Bad] = [
    Bad("name", REMOVED, "wanted the tenant; add `name:`"),
    Bad("name", "Acme", TENANT_NAME),
    Bad("name", "sandbox-1", TENANT_NAME),
    Bad("name", "a--b", TENANT_NAME),
    Bad("name", "a" * 35, TENANT_NAME),
    Bad("name", 7, TEXT),
    Bad("name", None, TEXT),
    Bad("environment", REMOVED, "wanted what it is for; add `environment:`"),
    Bad("environment", "live", "wanted one of dev, staging, prod, sandbox; write dev, for example"),
    Bad("environment", "production", "wanted one of dev, staging, prod, sandbox; did you mean `prod`?"),
    Bad("tier", "standrad", "wanted one of free, small, standard, critical; did you mean `standard`?"),
    Bad("tier", "GOLD", "wanted one of free, small, standard, critical; write free, for example"),
    Bad("tier", REMOVED, "wanted what it may use; add `tier:`"),
    Bad("owner", REMOVED, "wanted who answers for it; add `owner:`"),
    Bad("owner", "storefront", MAPPING),
    Bad("owner.team", REMOVED, "wanted the team, as a label on everything; add `team:`"),
    Bad("owner.team", "The Storefront", TEAM),
    Bad("owner.escalation", REMOVED, "wanted who is reached when the team does not answer; add `escalation:`"),
    Bad("owner.escalation", "call us", CONTACT),
    Bad("owner.escalation", "http://pager.example", CONTACT),
    Bad(
        "colour",
        "red",
        "wanted one of name, environment, tier, owner, costCentre, residency, ttl, maintenance, members, breakGlass, "
        "namespaces, domains, egress, apps, jobs, databases, exceptions; remove it",
        shown="a field of that name",
    ),
    Bad("costCentre", REMOVED, "wanted who pays for it, as a label on everything; add `costCentre:`"),
    Bad("costCentre", 1001, TEXT),
    Bad(
        "costCentre",
        "cc 1001",
        "wanted at most 63 letters, digits, `-`, `_` and `.`, starting and ending with a letter or digit; "
        "write for example cc-1001",
    ),
    Bad(
        "residency",
        "EU",
        "wanted a region's short name: at most 63 small letters, digits and single `-`; write for example eu",
    ),
    Bad("ttl", "1d", SPAN),
    Bad("ttl", "0h", "wanted a duration above 0; write for example 24h for a day: there is no unit `d`"),
    Bad("ttl", "72h", "wanted none in environment prod; remove it, or make it a sandbox"),
    Bad(
        "maintenance",
        {"days": ["day"], "start": "02:00", "duration": "4h"},
        "wanted one of mon, tue, wed, thu, fri, sat, sun; write mon, for example",
        at="maintenance.days.0",
        shown='"day"',
    ),
    Bad(
        "maintenance",
        {"days": [], "start": "02:00", "duration": "4h"},
        "wanted at least 1 of them; add one",
        at="maintenance.days",
        shown="[]",
    ),
    Bad(
        "maintenance",
        {"days": ["sun"], "start": "2:00", "duration": "4h"},
        'wanted a time of day from 00:00 to 23:59, in quotes; write for example "02:30"',
        at="maintenance.start",
        shown='"2:00"',
    ),
    Bad(
        "maintenance",
        {"days": ["sun"], "start": "02:00", "duration": "4h", "timezone": "Europe/"},
        "wanted a name of the IANA time zone database; write for example Europe/Berlin or Etc/UTC",
        at="maintenance.timezone",
        shown='"Europe/"',
    ),
    Bad(
        "members",
        {"boss": ["x"]},
        "wanted one of admin, developer, viewer, deployer; write admin, for example",
        shown='"boss"',
    ),
    Bad("members.admin", "acme-admins", "wanted a list; write one `- item` a line"),
    Bad("members.admin", ["system:masters"], GROUP, at="members.admin.0", shown='"system:masters"'),
    Bad("members.viewer", ["a b"], GROUP, at="members.viewer.0", shown='"a b"'),
    Bad(
        "breakGlass",
        [{"group": "oidc:sre", "until": "tomorrow", "reason": "INC-1"}],
        'wanted a moment in UTC, in quotes; write for example "2027-01-31T18:00:00Z"',
        at="breakGlass.0.until",
        shown='"tomorrow"',
    ),
    Bad(
        "breakGlass",
        [{"group": "oidc:sre", "until": "2027-02-31T18:00:00Z", "reason": "INC-1"}],
        'wanted a moment in UTC, in quotes; write for example "2027-01-31T18:00:00Z"',
        at="breakGlass.0.until",
        shown='"2027-02-31T18:00:00Z"',
    ),
    Bad(
        "breakGlass",
        [{"group": "oidc:sre", "until": "2027-01-31T18:00:00Z"}],
        "wanted why; add `reason:`",
        at="breakGlass.0.reason",
        shown="nothing",
    ),
    Bad(
        "breakGlass",
        [{"group": "oidc:sre", "until": "2027-01-31T18:00:00Z", "reason": ""}],
        "wanted a text; write at least a word",
        at="breakGlass.0.reason",
        shown='""',
    ),
    Bad(
        "breakGlass",
        [{"group": "a", "until": f"2027-01-0{day}T00:00:00Z", "reason": "INC-1"} for day in (1, 2)],
        "wanted each group once; keep the entry that ends last",
        shown='"a"',
    ),
    Bad("namespaces", {"batch": {"percent": 91}}, AT_MOST_90, at="namespaces.batch.percent", shown="91"),
    Bad(
        "namespaces",
        {"one": {"percent": 50}, "two": {"percent": 45}},
        "wanted at most 90; lower some `percent`",
        shown='"95 percent together"',
    ),
    Bad("namespaces", {"A": {"percent": 10}}, NAME, shown='"A"'),
    Bad("domains", ["*.acme.example"], HOST, at="domains.0", shown='"*.acme.example"'),
    Bad("domains", ["acme"], HOST, at="domains.0", shown='"acme"'),
    Bad(
        "egress", {"aws": an_egress("169.254.169.254/32")}, OUTSIDE, at="egress.aws.cidr", shown='"169.254.169.254/32"'
    ),
    Bad(
        "egress",
        {"x": an_egress("203.0.113.0/24") | {"reason": LONG}},
        "wanted a text of at most 1000 characters; shorten it",
        at="egress.x.reason",
        shown=f'"{LONG[:79]}…',
    ),
    Bad("egress", {"aws": an_egress("fd00:ec2::254/128")}, OUTSIDE, at="egress.aws.cidr", shown='"fd00:ec2::254/128"'),
    Bad("egress", {"x": an_egress("203.0.113.7")}, CIDR, at="egress.x.cidr", shown='"203.0.113.7"'),
    Bad(
        "egress",
        {"x": an_egress("203.0.113.7/24")},
        "wanted a network in CIDR notation such as 203.0.113.0/24 (203.0.113.7/24 has host bits set); "
        "write for example 203.0.113.0/24",
        at="egress.x.cidr",
        shown='"203.0.113.7/24"',
    ),
    Bad(
        "egress",
        {"x": an_egress("203.0.113.0/24") | {"ports": []}},
        "wanted at least 1 of them; add one",
        at="egress.x.ports",
        shown="[]",
    ),
    Bad(
        "egress",
        {"x": an_egress("203.0.113.0/24") | {"protocol": "tcp"}},
        "wanted one of TCP, UDP; write TCP, for example",
        at="egress.x.protocol",
        shown='"tcp"',
    ),
]
