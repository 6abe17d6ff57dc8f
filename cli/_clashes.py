"""What no stack file can know by itself: names, hosts and domains that two of them want."""

from collections.abc import Iterable, Iterator, Sequence

from cli._files import StackFile
from cli._reports import Finding
from spec import Problem, TenantSpec
from spec.errors import shown

ROOT = "paas:tenant"


def clashes(file: StackFile, others: Iterable[StackFile]) -> list[Finding]:
    """Return what `file` wants that one of `others` has, with the place of both."""
    found = [problem for other in others if other.path != file.path for problem in _between(file, other)]
    return [file.finding(problem) for problem in found]


def _between(file: StackFile, other: StackFile) -> Iterator[Problem]:
    if file.stack == other.stack:
        yield Problem(
            path="config",
            given=f"stack {shown(file.stack)}",
            wanted=f"a stack that no other file describes: {other.path} does",
            fix="keep one of the files",
        )
        return
    if isinstance(file.spec, TenantSpec) and isinstance(other.spec, TenantSpec):
        yield from _owners(file.spec, other)
        yield from _hosts(file.spec, other)
        if file.spec.name != other.spec.name:
            yield from _domains(file.spec, other)


def _owners(mine: TenantSpec, other: StackFile) -> Iterator[Problem]:
    """A tenant's name is its owner's in all environments: costs and permissions go by it."""
    theirs = _tenant(other)
    if mine.name == theirs.name and mine.owner.team != theirs.owner.team:
        yield Problem(
            path=f"{ROOT}.name",
            given=f"{shown(mine.name)} of team {shown(mine.owner.team)}",
            wanted=f"a name that no other team has: {_where(other, 'name')} has it, of team {shown(theirs.owner.team)}",
            fix="choose another name, or correct `owner.team`",
        )


def _hosts(mine: TenantSpec, other: StackFile) -> Iterator[Problem]:
    theirs = _tenant(other)
    taken = {host: f"apps.{app}.hosts.{index}" for app, index, host in _all_hosts(theirs)}
    for app, index, host in _all_hosts(mine):
        path = f"{ROOT}.apps.{app}.hosts.{index}"
        if host in taken:
            wanted = f"a host that no other stack has: {_where(other, taken[host])} has it"
            yield Problem(path=path, given=shown(host), wanted=wanted, fix="choose another host")
        elif mine.name != theirs.name:
            for number, domain in enumerate(theirs.domains):
                if _lies_in(host, domain):
                    wanted = f"a host outside other tenants' domains: {_where(other, f'domains.{number}')} has {domain}"
                    yield Problem(path=path, given=shown(host), wanted=wanted, fix="choose another host")


def _domains(mine: TenantSpec, other: StackFile) -> Iterator[Problem]:
    for index, domain in enumerate(mine.domains):
        for number, theirs in enumerate(_tenant(other).domains):
            if _lies_in(domain, theirs) or _lies_in(theirs, domain):
                where = _where(other, f"domains.{number}")
                yield Problem(
                    path=f"{ROOT}.domains.{index}",
                    given=shown(domain),
                    wanted=f"a domain apart from those of other tenants: {where} has {theirs}",
                    fix="choose another domain, or have the other tenant give it up first",
                )


def _all_hosts(spec: TenantSpec) -> Sequence[tuple[str, int, str]]:
    return [(name, index, host) for name, app in spec.apps.items() for index, host in enumerate(app.hosts)]


def _lies_in(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _where(file: StackFile, path: str) -> str:
    problem = Problem(path=f"{ROOT}.{path}", given="", wanted="", fix="")
    finding = file.finding(problem)
    return f"{finding.file}:{finding.line}:{finding.column}"


def _tenant(file: StackFile) -> TenantSpec:
    if not isinstance(file.spec, TenantSpec):
        raise TypeError(f"{file.path} is no tenant's")
    return file.spec
