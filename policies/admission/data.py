"""Twins of `policies.data`."""

from collections.abc import Iterator

from policies import data
from policies._kinds import Kind, core, of
from policies.admission._common import cel, is_one_of
from policies.admission._twin import Check, Settings, twin
from policies.data import CLUSTERS, POSTGRES, SERVER_ROLES, SQL, SWITCHES
from spec import plan
from spec.labels import ENVIRONMENT
from spec.tenant import Environment

RETAINED = {each.name for each in plan.storage_classes() if each.reclaim == "Retain"}
CLAIMS = "variables.spec.?persistentVolumeClaimRetentionPolicy"
DELETING = (
    (Kind("apps", "StatefulSet"), f"{CLAIMS}.?whenDeleted", "Delete"),
    (Kind("apps", "StatefulSet"), f"{CLAIMS}.?whenScaled", "Delete"),
    (Kind(POSTGRES, "Database"), "variables.spec.?databaseReclaimPolicy", "delete"),
)
"""By kind, fields and the value by which data goes with the object."""


@twin(
    data.protected,
    variables={
        # What is in no namespace and does not say where it belongs is production's.
        "prod": f"variables.home[?'{ENVIRONMENT}'].orValue('{Environment.PROD}') == '{Environment.PROD}'",
        "disks": f"{is_one_of(CLUSTERS)} ? [?variables.spec.?storage, ?variables.spec.?walStorage]"
        " + variables.spec.?tablespaces.orValue([]).map(each, [?each.?storage]).flatten() : []",
    },
)
def protected(_settings: Settings) -> Iterator[Check]:
    """What `protect` guards is the engine's."""
    named, templated = "disk.?storageClass.orValue('')", "disk.?pvcTemplate.?storageClassName.orValue('')"
    yield Check(
        unless="!variables.prod || variables.disks.all(disk,"
        f" ({named} == '' ? {templated} : {named}) in {cel(RETAINED)})",
        says=f"a disk has no storage class that retains: {', '.join(sorted(RETAINED))}",
    )
    for kind, field, value in DELETING:
        yield Check(
            unless=f"!variables.prod || !({is_one_of([kind])}) || {field}.orValue('') != '{value}'",
            says=f"{field.replace('.?', '.').removeprefix('variables.')} is {value}",
        )
    yield Check(
        unless=f"!variables.prod || !({is_one_of(core('PersistentVolume'))})"
        " || variables.spec.?persistentVolumeReclaimPolicy.orValue('Retain') == 'Retain'",
        says="spec.persistentVolumeReclaimPolicy is not Retain",
    )


@twin(
    data.tidy,
    variables={
        "cluster": f"{is_one_of(CLUSTERS)} ? variables.spec : {{}}",
        "roles": f"({is_one_of(of(POSTGRES, 'DatabaseRole'))} ? [variables.spec]"
        " : variables.cluster.?managed.?roles.orValue([])).filter(role, role.?ensure.orValue('') != 'absent')",
    },
)
def tidy(_settings: Settings) -> Iterator[Check]:
    """Roles stand in a Cluster or by themselves."""
    for name, (value, what) in SWITCHES.items():
        unless = f"!('{name}' in variables.annotations)"
        if value is not None:
            unless += f" || variables.annotations['{name}'] != '{value}'"
        yield Check(unless=unless, says=f"annotation {name} {what}")
    yield Check(unless="!variables.roles.exists(role, role.?superuser.orValue(false))", says="a role is superuser")
    yield Check(
        unless=f"!variables.roles.exists(role, role.?inRoles.orValue([]).exists(name, name in {cel(SERVER_ROLES)}))",
        says=f"a role has one of {', '.join(SERVER_ROLES)}, which reach the server itself",
    )
    yield Check(
        unless="!variables.cluster.?enableSuperuserAccess.orValue(false)", says="spec.enableSuperuserAccess is true"
    )
    for name in SQL:
        yield Check(
            unless=f"!variables.cluster.?bootstrap.?initdb.?{name}.hasValue()",
            says=f"spec.bootstrap.initdb.{name} runs as superuser",
        )
    yield Check(
        unless="!variables.cluster.?postgresql.?pg_hba.orValue([])"
        r".exists(line, line.matches('(^|\\s)trust(\\s|$)'))",
        says="spec.postgresql.pg_hba lets in without a password",
    )
