"""Names fit where they go, and two things never share one."""

import re
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from spec import names
from spec.scalars import Name, TenantName
from spec.tenant import Environment

LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")

tenant_check: TypeAdapter[str] = TypeAdapter(TenantName)
name_check: TypeAdapter[str] = TypeAdapter(Name)


def accepted(check: TypeAdapter[str], text: str) -> bool:
    try:
        check.validate_python(text)
    except ValidationError:
        return False
    return True


letters = st.text("ab0-", min_size=1, max_size=8)
tenants = letters.filter(lambda text: accepted(tenant_check, text)) | st.just("a" * 34)
extras = st.none() | letters.filter(lambda text: accepted(name_check, text)) | st.just("b" * 19)
places = st.tuples(tenants, st.sampled_from(Environment), extras)


@given(places)
def test_a_namespace_is_a_dns_label_and_its_stack_fits_the_operator(place: tuple[str, Environment, str | None]) -> None:
    tenant, environment, _ = place
    assert len(names.stack(tenant, environment)) <= names.LONGEST_STACK
    found = names.namespace(*place)
    assert len(found) <= names.LONGEST_LABEL
    assert LABEL.fullmatch(found)


@given(places, places)
def test_two_places_never_share_a_namespace(
    one: tuple[str, Environment, str | None], other: tuple[str, Environment, str | None]
) -> None:
    assume(one != other)
    assert names.namespace(*one) != names.namespace(*other)


@pytest.mark.parametrize("name", ["sandbox", "sandbox-x", "a--b", "-a", "a-", "1a", "A", "a.b", "a_b", "", "a" * 35])
def test_names_that_could_meet_others_or_break_kubernetes_are_refused(name: str) -> None:
    assert not accepted(tenant_check, name)


@pytest.mark.parametrize("name", ["a", "acme", "a1", "a-b-c", "sandboxes", "a" * 34])
def test_good_names_are_taken(name: str) -> None:
    assert accepted(tenant_check, name)


@given(st.text("ab-", min_size=1, max_size=300), st.sampled_from([names.LONGEST_LABEL, 52, 253]))
def test_a_cut_name_fits(name: str, longest: int) -> None:
    assert len(names.capped(name, longest)) <= longest


def test_a_name_that_fits_is_not_touched() -> None:
    assert names.capped("a" * 63) == "a" * 63


def test_names_that_differ_only_behind_the_cut_stay_different() -> None:
    cut = [names.capped("a" * 70 + tail) for tail in ("x", "y", "xx")]
    assert all(one != other for one, other in pairwise(cut))
