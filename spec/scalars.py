"""The words that stack files are made of, each named once: names, images, quantities, durations, addresses.

Every scalar is text in the grammar of the thing it names; its error says that grammar and one way to satisfy it.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from spec import addresses, cron, duration
from spec._scalar import Grammar, amount, number_to_text, parsed

DNS_LABEL = r"[a-z]([a-z0-9]|-(?!-))*[a-z0-9]|[a-z]"
"""RFC 1035 label, without `--`: that is what joins names into longer ones, so that two never meet."""


def _whole_millicores(value: Decimal) -> str | None:
    return None if value > 0 and value % Decimal("0.001") == 0 else "CPU above 0, in steps of 1m (a thousandth core)"


def _whole_bytes(value: Decimal) -> str | None:
    return None if value > 0 and value % 1 == 0 else "whole bytes above 0 (`m` means thousandths, not mega)"


def _span(text: str) -> None:
    if duration.parse(text) <= 0:
        raise ValueError("a duration above 0")


def _moment(text: str) -> None:
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        raise ValueError("a moment in UTC, in quotes") from None


def _speakable(text: str) -> None:
    if "\0" in text:
        raise ValueError("text without NUL characters, which end every argument and variable")


def _reachable(text: str) -> None:
    if addresses.inside(addresses.parse(text), (*addresses.FORBIDDEN, addresses.MAPPED)):
        raise ValueError("a network outside loopback, link-local and cloud metadata addresses")


Quantity = Annotated[
    str,
    BeforeValidator(number_to_text),
    WithJsonSchema({"type": ["string", "integer"], "description": "A Kubernetes quantity, such as 500m, 2 or 1.5Gi."}),
]

Cpu = Annotated[Quantity, amount(_whole_millicores, "500m or 2")]
Bytes = Annotated[Quantity, amount(_whole_bytes, "512Mi or 2Gi")]
Duration = Annotated[str, parsed(_span, "write for example 24h for a day: there is no unit `d`")]

TenantName = Annotated[
    str,
    Field(examples=["acme"]),
    Grammar(
        pattern=rf"(?!sandbox(-|$))({DNS_LABEL})",
        wanted="at most 34 small letters, digits and single `-`, starting with a letter, not with `sandbox-`",
        fix="choose a name such as acme",
        longest=34,  # `sandbox-` + 34 = 42, the longest stack name that the Pulumi operator takes
    ),
]

Name = Annotated[
    str,
    Grammar(
        pattern=DNS_LABEL,
        wanted="at most 19 small letters, digits and single `-`, starting with a letter",
        fix="choose a name such as web",
        longest=19,  # a namespace is stack (42) + `--` + name (19) = 63
    ),
]

Team = Annotated[
    str,
    Field(examples=["storefront"]),
    Grammar(
        pattern=DNS_LABEL,
        wanted="the team's short name: at most 63 small letters, digits and single `-`",
        fix="write for example storefront",
        longest=63,
    ),
]

Contact = Annotated[
    str,
    Field(examples=["storefront-oncall@acme.example"]),
    Grammar(
        pattern=r"[^@\s]+@[^@\s]+\.[^@\s]+|https://\S+",
        wanted="an e-mail address or an https:// address that reaches people at any hour",
        fix="write for example oncall@acme.example",
        longest=253,
    ),
]

# Grammar: distribution/reference. A floating tag would make two runs of one file differ.
Image = Annotated[
    str,
    Field(examples=["registry.example.com/shop/web:1.4.2"]),
    Grammar(
        pattern=r"(?=[^/]*[.:])[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+"
        r"(:(?!latest(@|$))[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})",
        wanted="registry/name:tag, best with @sha256:digest, and not the tag `latest`",
        fix="write for example registry.example.com/shop/web:1.4.2",
        longest=512,
    ),
]

HttpPath = Annotated[
    str,
    Field(examples=["/healthz"]),
    Grammar(
        pattern=r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*",
        wanted="a path that starts with `/`",
        fix="write for example /healthz",
        longest=2048,
    ),
]

Port = Annotated[int, Field(ge=1, le=65535)]

CostCentre = Annotated[
    str,
    Field(examples=["cc-1001"]),
    Grammar(
        pattern=r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?",
        wanted="at most 63 letters, digits, `-`, `_` and `.`, starting and ending with a letter or digit",
        fix="write for example cc-1001",
        longest=63,
    ),
]

Region = Annotated[
    str,
    Field(examples=["eu"]),
    Grammar(
        pattern=DNS_LABEL,
        wanted="a region's short name: at most 63 small letters, digits and single `-`",
        fix="write for example eu",
        longest=63,
    ),
]

# `system:` is Kubernetes' own: the group system:masters is above every rule.
Group = Annotated[
    str,
    Field(examples=["oidc:acme-developers"]),
    Grammar(
        pattern=r"(?!system:)[A-Za-z0-9][A-Za-z0-9:._/@-]*",
        wanted="a group of the identity provider: letters, digits and `:._/@-`, and not `system:...`",
        fix="write for example oidc:acme-developers",
        longest=253,
    ),
]

Host = Annotated[
    str,
    Field(examples=["www.acme.example"]),
    Grammar(
        pattern=r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
        wanted="a host name in small letters with at least one dot, without `*` and without a dot at its end",
        fix="write for example www.acme.example",
        longest=253,
    ),
]

Cidr = Annotated[str, Field(examples=["203.0.113.0/24"]), parsed(_reachable, "write for example 203.0.113.0/24")]

Subnet = Annotated[str, Field(examples=["10.244.0.0/16"]), parsed(addresses.parse, "write for example 10.244.0.0/16")]

EnvName = Annotated[
    str,
    Grammar(
        pattern=r"[A-Z_][A-Z0-9_]*",
        wanted="a variable's name: capital letters, digits and `_`, not starting with a digit",
        fix="write for example LOG_LEVEL",
        longest=253,
    ),
]

SecretName = Annotated[
    str,
    Grammar(
        pattern=r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?",
        wanted="a Secret's name: small letters, digits, `-` and `.`",
        fix="write for example payment-api",
        longest=253,
    ),
]

SecretKey = Annotated[
    str,
    Grammar(
        pattern=r"[-._a-zA-Z0-9]+",
        wanted="a key of a Secret: letters, digits, `-`, `_` and `.`",
        fix="write for example token",
        longest=253,
    ),
]

Schedule = Annotated[
    str, Field(examples=["15 3 * * *"]), parsed(cron.check, "write for example 15 3 * * * for 03:15 every day")
]

Timezone = Annotated[
    str,
    Field(examples=["Europe/Berlin"]),
    Grammar(
        pattern=r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*",
        wanted="a name of the IANA time zone database",
        fix="write for example Europe/Berlin or Etc/UTC",
        longest=64,
    ),
]

Clock = Annotated[
    str,
    Field(examples=["02:30"]),
    Grammar(
        pattern=r"([01][0-9]|2[0-3]):[0-5][0-9]",
        wanted="a time of day from 00:00 to 23:59, in quotes",
        fix='write for example "02:30"',
        longest=5,
    ),
]

Moment = Annotated[
    str,
    Field(examples=["2027-01-31T18:00:00Z"]),
    parsed(_moment, 'write for example "2027-01-31T18:00:00Z"'),
]

Provisioner = Annotated[
    str,
    Field(examples=["rancher.io/local-path"]),
    Grammar(
        pattern=r"[a-z0-9]([-a-z0-9./]*[a-z0-9])?",
        wanted="the name of a storage driver",
        fix="write for example rancher.io/local-path, or ask `kubectl get storageclass`",
        longest=253,
    ),
]

Text = Annotated[str, parsed(_speakable, "remove them")]

Reason = Annotated[str, Field(min_length=1, max_length=1000)]

RuleId = Annotated[
    str,
    Field(examples=["Q5"]),
    Grammar(
        pattern=r"[A-Z][0-9]{1,2}",
        wanted="the id of a rule",
        fix="write for example Q5; docs/reference/policies.md has them all",
        longest=3,
    ),
]

KindName = Annotated[
    str,
    Field(examples=["Deployment"]),
    Grammar(
        pattern=r"[A-Z][A-Za-z0-9]*",
        wanted="a kind as manifests spell it",
        fix="write for example Deployment",
        longest=63,
    ),
]

# Grammar: path segment names; roles and bindings have colons in theirs.
ObjectName = Annotated[
    str,
    Field(examples=["web"]),
    Grammar(
        pattern=r"[A-Za-z0-9]([-A-Za-z0-9.:]*[A-Za-z0-9])?",
        wanted="an object's name in the cluster",
        fix="write for example web",
        longest=253,
    ),
]

Ticket = Annotated[
    str,
    Field(examples=["SEC-1234"]),
    Grammar(
        pattern=r"[A-Za-z][A-Za-z0-9_]*-[0-9]+|#[0-9]+|https://\S+",
        wanted="a ticket: its id or its https:// address",
        fix="write for example SEC-1234",
        longest=253,
    ),
]
