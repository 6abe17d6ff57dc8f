"""PriorityLevelConfiguration: how much of the API server all tenants together may keep busy.

Each environment is one flow at this level (`components.isolation.requests`): when there are more requests than may run
at once, environments take turns, and who floods waits behind its own requests, or is told to come back later (429).
The level neither borrows nor lends: the platform's controllers and people have theirs, whatever tenants do.
"""

from pulumi import ResourceOptions

from components._kubernetes import PriorityLevelConfiguration
from components._meta import meta
from spec import PlatformSpec, plan

SHARES = 10  # of 255 with the API server's own: 24 requests at once, where it takes the default of 600
QUEUES, HAND, LENGTH = (
    128,
    3,
    50,
)  # a flow waits in 3 of 128 queues: 150 requests; that two share all 3 is one in 341,376


def level(spec: PlatformSpec, opts: ResourceOptions) -> PriorityLevelConfiguration:
    """Make the level."""
    return PriorityLevelConfiguration(
        "requests",
        metadata=meta(spec, plan.LEVEL),
        spec={
            "type": "Limited",
            "limited": {
                "nominal_concurrency_shares": SHARES,
                "lendable_percent": 0,
                "borrowing_limit_percent": 0,
                "limit_response": {
                    "type": "Queue",
                    "queuing": {"queues": QUEUES, "hand_size": HAND, "queue_length_limit": LENGTH},
                },
            },
        },
        opts=opts,
    )
