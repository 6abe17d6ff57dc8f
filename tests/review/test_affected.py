"""X14: which stacks a change can reach; what is not known reaches all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.affected import Imports, affected

STACKS = ("acme-prod", "globex-dev", "platform")
IMPORTS = Imports(
    reached=("__main__.py", "components/tenant.py", "review/used.py"), idle=("spec/schema.py", "components/old.py")
)
ALL = set(STACKS)


@pytest.mark.parametrize(
    ("path", "stacks"),
    [
        ("stacks/Pulumi.acme-prod.yaml", {"acme-prod"}),
        ("stacks/Pulumi.platform.yaml", ALL),
        ("stacks/Pulumi.gone-dev.yaml", set()),
        ("stacks/schema.json", set()),
        ("components/tenant.py", ALL),
        ("components/old.py", set()),
        ("components/deleted.py", ALL),
        ("components/chart/values.yaml", ALL),
        ("review/used.py", ALL),
        ("review/markdown.py", set()),
        ("spec/schema.py", set()),
        ("policies/PulumiPolicy.yaml", ALL),
        ("Pulumi.yaml", ALL),
        ("__main__.py", ALL),
        ("requirements.txt", ALL),
        ("requirements.in", set()),
        ("requirements-dev.txt", set()),
        ("docs/guide/ci.md", set()),
        ("tests/components/test_tenant.py", set()),
        (".github/workflows/preview.yml", set()),
        ("README.md", set()),
        ("helpers.py", ALL),
        ("lib/new.py", ALL),
        ("stacks/deeper/Pulumi.acme-prod.yaml", ALL),
    ],
)
def test_each_path_reaches_what_it_reaches(path: str, stacks: set[str]) -> None:
    found = affected([path], STACKS, IMPORTS)
    assert set(found.stacks) == stacks
    assert all(files == (path,) for files in found.stacks.values())


def test_a_deleted_stack_file_is_told_apart() -> None:
    found = affected(["stacks/Pulumi.gone-dev.yaml", "stacks/Pulumi.acme-prod.yaml"], STACKS, IMPORTS)
    assert (found.gone, set(found.stacks)) == (("gone-dev",), {"acme-prod"})


PATHS = st.sets(
    st.one_of(
        st.sampled_from([f"stacks/Pulumi.{stack}.yaml" for stack in (*STACKS, "gone")]),
        st.sampled_from([*IMPORTS.reached, *IMPORTS.idle, "docs/a.md", "Pulumi.yaml"]),
        st.text(max_size=20),
    )
)


@given(PATHS, PATHS)
def test_two_changes_reach_together_what_they_reach_alone(one: set[str], other: set[str]) -> None:
    both, first, second = (affected(paths, STACKS, IMPORTS) for paths in (one | other, one, other))
    assert set(both.stacks) == set(first.stacks) | set(second.stacks)
    for stack, files in both.stacks.items():
        assert set(files) == {*first.stacks.get(stack, ()), *second.stacks.get(stack, ())}


@given(st.text(max_size=30))
def test_no_path_is_forgotten_unless_it_is_known_to_be_quiet(path: str) -> None:
    name = f"unknown-{path}"
    quiet = name.endswith(".md")
    assert bool(affected([name], STACKS, IMPORTS).stacks) is not quiet
