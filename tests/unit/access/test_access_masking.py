"""What is left of personal data for those who may not see it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.access.acting import acting_as
from finegrain.access.contract import Actor
from finegrain.access.masking import MASK, mask_id, mask_text, mask_traits, masking
from finegrain.access.roles import GRANTS, ROLES


def test_only_roles_without_personal_data_see_masks() -> None:
    masked = set()
    for role in ROLES:
        with acting_as(Actor("user", 1, "x", GRANTS[role])):
            masked |= {role} if masking() else set()
    assert masked == {"viewer"}


@pytest.mark.parametrize(
    ("distinct_id", "shown"),
    [
        ("u-1042", "u-1042"),
        ("ann.lee@example.org", "an•••@example.org"),
        ("a@b.cn", "•••@b.cn"),
        ("+86 138 1234 5678", "+8•••78"),
        ("$identity_mobile+13812345678", "$i•••"),
        ("11010119900307451X", "11•••"),  # a citizen's number: region, day of birth, sequence, check digit
        ("110101199013074511", "110101199013074511"),  # no number of a citizen: there is no 13th month
        ("01a1fc90-ce51-781f-837f-634f86202b94", "01a1fc90-ce51-781f-837f-634f86202b94"),
    ],
)
def test_id_is_masked_where_it_is_personal(distinct_id: str, shown: str) -> None:
    assert mask_id(distinct_id) == shown


def test_traits_keep_what_is_not_personal() -> None:
    traits = {
        "plan": "pro",
        "orders": 3,
        "vip": True,
        "姓名": "王小明",
        "contact": "ann@example.org",
        "tags": ["x"],
        "note": "y" * 21,
    }
    shown = mask_traits(traits)
    assert {name: shown[name] for name in ("plan", "orders", "vip")} == {"plan": "pro", "orders": 3, "vip": True}
    assert shown["姓名"] == "王•••"
    assert mask_traits({"收货人": "王小明", "no": 110101199003074518}) == {"收货人": "王•••", "no": "11•••"}
    assert shown["tags"] == MASK
    assert "ann@" not in str(shown)
    assert "yyy" not in str(shown)


@given(st.text(min_size=1, max_size=60))
def test_mask_hides_most_of_a_text(text: str) -> None:
    shown = mask_text(text)
    assert MASK in shown
    assert "@" in text or len(shown) - len(MASK) <= max(len(text) // 2, 4)
