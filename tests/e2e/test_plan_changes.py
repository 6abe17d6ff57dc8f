"""What the stack file changes, rules of the API server do not hold up: a preview and an `up` go by the new file.

Rules know of an environment what stands on its namespace, which an `up` writes first and a preview not at all (row E2).
"""

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.scratch import IMAGE, scratch
from tests.e2e.stacks import kubectl

pytestmark = pytest.mark.e2e

BEFORE: dict[str, Any] = {"name": "moving", "environment": "dev", "tier": "free", "apps": None}
AFTER: dict[str, Any] = {
    "tier": "small",
    "costCentre": "cc-2002",
    "owner": {"team": "other-hands", "escalation": "oncall@moving.example"},
    "members": {"admin": ["oidc:moving-admins"]},
    "egress": {"out": {"cidr": "203.0.113.0/24", "ports": [443], "reason": "a test"}},
    "jobs": {"late": {"image": IMAGE, "args": ["pause"], "schedule": "0 3 29 2 *"}},
}
"""Everything that some rule compares with the namespace: quota, labels, grants, networks, registries."""


def test_a_tenant_that_grows_is_previewed_and_brought_up(tmp_path: Path) -> None:
    with scratch(tmp_path, **BEFORE) as moving:
        moving.stack.up()
        moving.write(moving.document() | AFTER)
        shown = moving.stack.attempt("preview")
        assert shown.returncode == 0, shown.stdout + shown.stderr
        moving.stack.up()
        quota = kubectl("get", "resourcequota", "environment", "-n", moving.namespace, "-o", "jsonpath={.spec.hard}")
        assert '"requests.cpu":"2"' in quota
        moving.stack.run("preview", "--expect-no-changes")
