"""Data: every database can be restored, nothing takes its disk along by mistake, and its operator watches over it."""

import re
from collections.abc import Iterator
from typing import Final

from policies._kinds import core, of
from policies._object import Object
from policies._rule import CRITICAL, HIGH, MANDATORY, PLAN, Whole, rule, stack_rule
from policies._stack import Stack
from policies._view import View, apart
from spec import cron, plan
from spec.tenant import Environment

POSTGRES: Final = "postgresql.cnpg.io"
CLUSTERS: Final = of(POSTGRES, "Cluster")
SCHEDULES: Final = of(POSTGRES, "ScheduledBackup")
STORES: Final = of("barmancloud.cnpg.io", "ObjectStore")
MANAGED: Final = (
    CLUSTERS | SCHEDULES | of(POSTGRES, "Backup", "Pooler", "Database", "DatabaseRole", "Publication", "Subscription")
)

RETENTION: Final = re.compile(r"[1-9][0-9]*[dwm]")
EVERY: Final = re.compile(r"@(yearly|annually|monthly|weekly|daily|midnight|hourly|every \S+)")


@stack_rule(
    "B1",
    area="data",
    level=MANDATORY,
    severity=CRITICAL,
    title="Every database is backed up on a schedule, for a while, to a place of its own",
    why="A database without a backup is lost once; two that write to one place are lost together.",
    fix="add a ScheduledBackup, retentionPolicy, and a destinationPath with the namespace as one of its parts",
    serves=("K5", "O5", "F8"),
    judges=CLUSTERS | SCHEDULES | STORES,
    needs=PLAN,
    decided_by="nothing at admission: a database, its schedule and its store are several objects",
)
def backed_up(whole: Whole, _stack: Stack) -> Iterator[tuple[Object | None, str]]:
    """The operator's schedules have six fields, seconds first, where a CronJob's have five."""
    schedules, stores = whole.objects(SCHEDULES), whole.objects(STORES)
    for database in whole.objects(CLUSTERS):
        if database.patch:
            continue
        with apart(database):
            method, place = _place(database, stores)
            if place is None:
                yield database, "no object store is named to which backups could go"
                continue
            yield from ((database, sentence) for sentence in _stored(place, method, database))
            mine = [each for each in _beside(database, schedules) if _cluster(each) == database.name]
            active = [each for each in mine if not each.at("spec.suspend").flag()]
            if not active:
                state = "only suspended ones" if mine else "none"
                yield database, f"no ScheduledBackup runs for {database.name}: there are {state}"
            elif not any((each.at("spec.method").text() or plan.BY_OPERATOR) == method for each in active):
                yield database, f"no ScheduledBackup of {database.name} has method {method}, where its store is"
    for schedule in schedules:
        with apart(schedule):
            text = schedule.at("spec.schedule").text()
            if text is not None and not _scheduled(text):
                yield schedule, "spec.schedule is not six fields, with seconds first"


def _place(database: Object, stores: list[Object]) -> tuple[str, View | None]:
    """Return how a database is backed up, and where its store is described."""
    for plugin in database.at("spec.plugins").items():
        if plugin["name"].text() == plan.BARMAN_CLOUD and plugin["enabled"].flag() is not False:
            name = plugin["parameters"]["barmanObjectName"].text()
            found = [each for each in _beside(database, stores) if each.name == name]
            return plan.BY_PLUGIN, found[0]["spec"] if found else None
    backup = database.at("spec.backup")
    return plan.BY_OPERATOR, backup if backup[plan.BY_OPERATOR].present else None


def _stored(place: View, method: str, database: Object) -> Iterator[str]:
    retention = place["retentionPolicy"].text()
    if retention is None or not RETENTION.fullmatch(retention):
        yield f"{place.path}.retentionPolicy is no number of days, weeks or months such as 30d: nothing is removed"
    store = place[plan.BY_OPERATOR if method == plan.BY_OPERATOR else "configuration"]
    if database.namespace not in (store["destinationPath"].text() or "").split("/"):
        yield f"{store.path}.destinationPath has no part that is the namespace: others would write there as well"


def _cluster(schedule: Object) -> str | None:
    return schedule.at("spec.cluster.name").text()


def _beside(found: Object, others: list[Object]) -> Iterator[Object]:
    namespace = found.namespace
    return (each for each in others if each.namespace == namespace)


def _scheduled(text: str) -> bool:
    if EVERY.fullmatch(text):
        return True
    seconds, _, rest = text.partition(" ")
    try:
        # Seconds have the grammar and the bounds of minutes.
        cron.check(f"{seconds} * * * *")
        cron.check(rest)
    except ValueError:
        return False
    return True


@rule(
    "B2",
    area="data",
    level=MANDATORY,
    severity=CRITICAL,
    title="What holds production's data is protected, and its disks outlive it",
    why="One renamed resource is a deletion, and with reclaim policy Delete the disk goes the same second.",
    fix="set opts protect=True, and a storage class that retains",
    serves=("K5", "X21"),
    judges=CLUSTERS
    | core("PersistentVolumeClaim", "PersistentVolume")
    | of("apps", "StatefulSet")
    | of(POSTGRES, "Database"),
    needs=PLAN,
    decided_by="the engine for `protect`, and the API server's admission policy for the rest",
)
def protected(found: Object, stack: Stack) -> Iterator[str]:
    """Elsewhere than in production data may go with its environment. Who unprotects does so in a change of its own."""
    if stack.tenant.environment is not Environment.PROD:
        return
    retained = {each.name for each in plan.storage_classes() if each.reclaim == "Retain"}
    match found.kind.name:
        case "Cluster":
            if found.name not in _parted(stack):
                yield from _guarded(found)
            yield from _disks(found, retained)
        case "PersistentVolumeClaim":
            with apart(found):
                if found.at("spec.storageClassName").text() in retained:
                    yield from _guarded(found)
        case "PersistentVolume":
            if found.at("spec.persistentVolumeReclaimPolicy").text() not in (None, "Retain"):
                yield "spec.persistentVolumeReclaimPolicy is not Retain"
        case "StatefulSet":
            policy = found.at("spec.persistentVolumeClaimRetentionPolicy")
            for when in ("whenDeleted", "whenScaled"):
                with apart(found):
                    if policy[when].text() == "Delete":
                        yield f"{policy.path}.{when} is Delete"
        case _:
            if found.at("spec.databaseReclaimPolicy").text() == "delete":
                yield "spec.databaseReclaimPolicy is delete"


def _parted(stack: Stack) -> set[str]:
    """Return the databases that the stack file parts with, by name."""
    return {plan.cluster_name(name) for name in stack.tenant.databases if not plan.kept(stack.tenant, name)}


def _guarded(found: Object) -> Iterator[str]:
    if not found.resource.protect and not found.patch:
        yield f"{found.kind.name} {found.name} is not protected: leaving it out of the program would delete it"


def _disks(found: Object, retained: set[str]) -> Iterator[str]:
    spec = found["spec"]
    places = [spec["storage"], spec["walStorage"]]
    with apart(found):
        places += [each["storage"] for each in spec["tablespaces"].items()]
    for place in places:
        with apart(found):
            if not place.present:
                continue
            name = place["storageClass"].text() or place["pvcTemplate"]["storageClassName"].text()
            if name not in retained and not (found.patch and name is None):
                yield f"{place.path} has no storage class that retains: {', '.join(sorted(retained))}"


SWITCHES: Final = {
    "cnpg.io/validation": ("disabled", "turns the operator's checks off"),
    "cnpg.io/reconciliationLoop": ("disabled", "stops the operator"),
    "cnpg.io/reconcilePodSpec": ("disabled", "keeps pods as they were"),
    "cnpg.io/skipWalArchiving": ("enabled", "ends the backup of what changes"),
    "cnpg.io/skipEmptyWalArchiveCheck": ("enabled", "writes over another database's backup"),
    "cnpg.io/podPatch": (None, "changes pods past every check"),
}
"""Annotations of the operator that take its protection away: the value that does, None for any."""

SERVER_ROLES: Final = ("pg_execute_server_program", "pg_read_server_files", "pg_write_server_files")
SQL: Final = tuple(
    f"postInit{where}SQL{references}" for where in ("", "Application", "Template") for references in ("", "Refs")
)


@rule(
    "B3",
    area="data",
    level=MANDATORY,
    severity=HIGH,
    title="Databases are left to their operator, and nobody is superuser in them",
    why="A superuser runs programs on the server, and a database without its operator has no failover and no backup.",
    fix="remove what is named; owners of databases need no superuser",
    serves=("O6", "L5", "F3"),
    judges=MANAGED,
)
def tidy(found: Object, _stack: Stack) -> Iterator[str]:
    """What runs once at the beginning runs as superuser, whichever database it is for."""
    annotations = found.at("metadata.annotations")
    for name, (value, what) in SWITCHES.items():
        with apart(found):
            text = annotations[name].text()
            if text is not None and value in (None, text):
                yield f"{annotations[name].path} {what}"
    spec = found["spec"]
    if found.kind.name == "DatabaseRole":
        yield from _role(spec)
    if found.kind not in CLUSTERS:
        return
    with apart(found):
        if spec["enableSuperuserAccess"].flag():
            yield "spec.enableSuperuserAccess is true"
    with apart(found):
        for role in spec.at("managed.roles").items():
            with apart(role):
                yield from _role(role)
    for name in SQL:
        with apart(found):
            view = spec.at(f"bootstrap.initdb.{name}")
            if view.present:
                yield f"{view.path} runs as superuser"
    with apart(found):
        for line in spec.at("postgresql.pg_hba").items():
            with apart(line):
                if "trust" in (line.text() or "").split():
                    yield f"{line.path} lets in without a password"


def _role(role: View) -> Iterator[str]:
    if role["ensure"].text() == "absent":
        return
    with apart(role):
        if role["superuser"].flag():
            yield f"{role.path}.superuser is true"
    with apart(role):
        taken = sorted(set(role["inRoles"].texts()) & set(SERVER_ROLES))
        if taken:
            yield f"{role.path}.inRoles has {', '.join(taken)}, which reach the server itself"
