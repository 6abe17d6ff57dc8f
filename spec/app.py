"""An app: a program that answers requests, or waits for work, for as long as its environment lives."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from spec._base import Model, refuse, wrong
from spec.scalars import Host, HttpPath, Port
from spec.workload import Workload

MOST_COPIES = 100
Copies = Annotated[int, Field(ge=1, le=MOST_COPIES)]

LONGEST_GRACE = 600
"""Seconds; a node that is drained waits as long for a pod."""


class Health(Model):
    """How the platform asks an app how it is. The two questions differ, so that an overload never restarts it."""

    ready: HttpPath
    """May it be sent requests now? A failure takes it out of rotation."""

    live: HttpPath
    """Is it beyond recovery? A failure restarts it."""

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if self.ready == self.live:
            refuse(
                "Health",
                [(("live",), self.live, wrong("another path than `ready`", "answer liveness without dependencies"))],
            )
        return self


class Scale(Model):
    """Copies that follow the load."""

    min: Copies
    """The fewest."""

    max: Copies
    """The most. The quota must hold them all, and one more while a new version rolls out."""

    cpu: Annotated[int, Field(ge=10, le=100)] = 70
    """Percent of the reserved CPU at which more copies come: twice as many at once at most. Copies go when the load has
    been below a third of it for an hour. Absent: 70."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max <= self.min:
            fix = "raise `max`, or write `replicas:` for a fixed number"
            refuse("Scale", [(("max",), self.max, wrong(f"more than `min`, which is {self.min}", fix))])
        return self


QUIET_SECONDS = 2
"""After so long without a request a gateway forgets a client, and what it has used of its burst."""


class RateLimit(Model):
    """How much one client may ask of an app, told by its address; what is more is answered with 429."""

    requests: Annotated[int, Field(ge=1, le=10_000)]
    """Requests in a second, at each copy of the gateway: copies do not tell each other."""

    burst: Annotated[int, Field(ge=1, le=QUIET_SECONDS * 10_000)] | None = None
    """How many may come at once. Absent: as many as `requests`."""

    @property
    def at_once(self) -> int:
        """What `burst` says, or what its absence means."""
        return self.requests if self.burst is None else self.burst

    @model_validator(mode="after")
    def _bursts_last(self) -> Self:
        most = QUIET_SECONDS * self.requests
        if not self.requests <= self.at_once <= most:
            told = wrong(f"from {self.requests}, which is `requests`, to {most}, twice as many", "write one of these")
            refuse("RateLimit", [(("burst",), self.burst, told)])
        return self


class AppSpec(Workload):
    """One app: its image, how it is asked, how many of it run, and how it is reached."""

    port: Port
    """Where it answers HTTP: requests and questions about its health, or only the latter if it is not `served`."""

    health: Health
    """How it is asked whether it is well."""

    served: bool = True
    """Whether others can call it by its name, at port 80. Absent: true. False: a worker that nobody calls."""

    hosts: tuple[Host, ...] = ()
    """Names under which the outside world reaches it, each within one of `domains`. Absent: not from outside."""

    rate_limit: RateLimit | None = None
    """How much one client may ask of its hosts. Absent: as much as it likes."""

    replicas: Copies | None = None
    """How many copies run. Absent: what the tier says, unless `scale` is there."""

    scale: Scale | None = None
    """Copies that follow the load. Absent: a fixed number."""

    grace: Annotated[int, Field(ge=10, le=LONGEST_GRACE)] = 30
    """Seconds from the wish to stop until the kill, to finish what it does. Absent: 30."""

    @model_validator(mode="after")
    def _fixed_or_scaled(self) -> Self:
        if self.replicas is not None and self.scale is not None:
            fix = "remove `replicas`: the autoscaler owns the number"
            refuse("AppSpec", [(("replicas",), self.replicas, wrong("either `replicas` or `scale`", fix))])
        return self

    @model_validator(mode="after")
    def _hosts_are_served(self) -> Self:
        if self.hosts and not self.served:
            fix = "remove `served: false`, or the hosts"
            refuse("AppSpec", [(("hosts",), list(self.hosts), wrong("no hosts on an app that is not served", fix))])
        return self

    @model_validator(mode="after")
    def _limits_are_of_hosts(self) -> Self:
        if self.rate_limit is not None and not self.hosts:
            fix = "name `hosts`, or remove it: who calls by the app's name passes no gateway"
            refuse("AppSpec", [(("rateLimit",), self.rate_limit.requests, wrong("`hosts` with it", fix))])
        return self
