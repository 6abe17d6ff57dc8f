"""A job: a program that runs to its end, once or by the clock."""

from typing import Annotated, Literal

from pydantic import Field

from spec.scalars import Duration, Schedule, Timezone
from spec.workload import Workload


class JobSpec(Workload):
    """One job. Without a schedule it runs once for each change of what stands here."""

    schedule: Schedule | None = None
    """When it runs: minute, hour, day of the month, month, day of the week. Absent: once."""

    timezone: Timezone = "Etc/UTC"
    """Whose clock the schedule means. Absent: Etc/UTC."""

    deadline: Duration = "1h"
    """How long one run may take, with its retries. Absent: 1h."""

    retries: Annotated[int, Field(ge=0, le=10)] = 2
    """How often a failed run is tried again. Absent: 2."""

    overlap: Literal["forbid", "replace"] = "forbid"
    """When the last run still goes on: leave the new one out, or stop the old one. Absent: forbid."""
