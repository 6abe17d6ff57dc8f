"""Addresses that an environment may ask to reach, and those that nobody may.

A cloud's metadata service hands out the node's own credentials to whoever can reach it, so its addresses are never
opened, not even inside a wider range.
"""

from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network

FORBIDDEN: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8",  # the node itself
        "169.254.0.0/16",  # link-local: metadata of AWS, Azure, GCP, OpenStack
        "100.100.100.200/32",  # metadata of Alibaba Cloud
        "168.63.129.16/32",  # Azure's wire server
        "192.0.0.192/32",  # metadata of Oracle Cloud
        "::1/128",
        "fe80::/10",
        "fd00:ec2::254/128",  # AWS
        "fd20:ce::254/128",  # GCP
        "fd00:c1::a9fe:a9fe/128",  # Oracle Cloud
        "fd00:42::42/128",  # Scaleway
    )
)
"""Never reachable from a tenant's pods."""

MAPPED = ip_network("::ffff:0:0/96")
"""IPv4 in IPv6's clothes: on no wire, and taken for IPv4 by the API server, so neither asked for nor left out."""

METADATA = (
    "169.254.169.254",  # AWS, Azure, GCP, OpenStack and most others
    "169.254.170.2",  # AWS, credentials of tasks
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fd00:c1::a9fe:a9fe",
    "fd00:42::42",
    "fe80::a9fe:a9fe",
)
"""Where the services themselves answer, each in one of `FORBIDDEN`."""


def parse(text: str) -> Network:
    """Return the network of `text`, such as `203.0.113.0/24` or `2001:db8::/32`.

    Raises:
        ValueError: no network in CIDR notation, or with host bits set.
    """
    if "/" not in text:
        raise ValueError("a network in CIDR notation such as 203.0.113.0/24")
    try:
        return ip_network(text)
    except ValueError as error:
        raise ValueError(f"a network in CIDR notation such as 203.0.113.0/24 ({error})") from None


def inside(network: Network, others: tuple[Network, ...]) -> bool:
    """Return whether `network` lies wholly in one of `others`."""
    return any(within(network, other) for other in others)


def holes(network: Network, others: tuple[Network, ...]) -> list[str]:
    """Return those of `others` that lie in `network`: what a rule that opens `network` must leave out."""
    return [str(other) for other in others if within(other, network)]


def within(one: Network, other: Network) -> bool:
    """Return whether `one` lies in `other`; networks of different families never do."""
    return one.version == other.version and one.subnet_of(other)  # type: ignore[arg-type]  # same family, by now
