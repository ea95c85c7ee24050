"""Every code that reaches a reader has a name, in both languages, and no two codes share one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.audience.directory import SORT_KEYS
from finegrain.audience.tiers.contract import SCHEMES
from finegrain.behaviour.contract import OrderStatus
from finegrain.collect.imports.contract import ImportProgress, Reason
from finegrain.collect.mapping import fields  # noqa: F401 - fills FIELDS
from finegrain.collect.mapping.contract import FIELDS, ImportKind
from finegrain.console.frame import NAV
from finegrain.console.pages.importing import words
from finegrain.console.pages.importing.reading import GRANULARITY, TIME_FORMATS
from finegrain.console.pages.people.events import _LABELS, LOOKS
from finegrain.console.pages.people.figures import TRAIT_NAMES, ago
from finegrain.console.pages.people.filters import SORT_NAMES
from finegrain.console.pages.people.orders import STATUS_NAMES
from finegrain.console.pages.people.rows import SCHEME_NAMES
from finegrain.console.pages.tiers.fields import edits_text
from finegrain.i18n import _, speaking, translate

if TYPE_CHECKING:
    from collections.abc import Mapping

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SAME_IN_BOTH = {"RFM", "URL"}
TABLES: dict[str, Mapping[Any, str]] = {
    "kinds": words.KINDS,
    "kind hints": words.KIND_HINTS,
    "fields": words.FIELD_NAMES,
    "reasons": words.REASONS,
    "stages": words.STAGES,
    "times": TIME_FORMATS,
    "rows": GRANULARITY,
    "schemes": SCHEME_NAMES,
    "orders": SORT_NAMES,
    "statuses": STATUS_NAMES,
    "traits": TRAIT_NAMES,
    "events": {name: look.name for name, look in LOOKS.items()},
    "navigation": {item.key: item.label for group in NAV for item in group.items},
}


@pytest.mark.parametrize("table", TABLES)
def test_every_name_is_written_in_chinese(table: str) -> None:
    untranslated = {name for name in TABLES[table].values() if not CHINESE.search(translate(name, "zh_CN"))}
    assert untranslated <= SAME_IN_BOTH


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_two_codes_read_alike(table: str, language: str) -> None:
    names = [translate(name, language) for name in TABLES[table].values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("kinds", set(get_args(ImportKind))),
        ("reasons", set(get_args(Reason))),
        ("fields", {field.name for kind in FIELDS.values() for field in kind}),
        ("schemes", set(SCHEMES)),
        ("orders", set(SORT_KEYS)),
        ("statuses", set(get_args(OrderStatus))),
    ],
)
def test_contracts_are_named_in_full(table: str, codes: set[str]) -> None:
    assert set(TABLES[table]) == codes


def test_stages_are_those_an_import_reports() -> None:
    stages = ImportProgress.__annotations__["stage"]
    assert {f"'{name}'" for name in words.STAGES} == set(re.findall(r"'\w+'", stages.replace('"', "'")))


def test_every_property_on_a_timeline_has_a_label() -> None:
    assert {name for look in LOOKS.values() for name in look.main} == _LABELS.keys()


def test_every_event_of_the_segment_specification_has_a_look() -> None:
    """Segment e-commerce events, version 2: those that the project reads."""
    known = {"Products Searched", "Product Viewed", "Product Added", "Product Removed", "Checkout Started", "Product Shared",
             "Payment Info Entered", "Order Completed", "Order Updated", "Order Refunded", "Order Cancelled",
             "Coupon Entered", "Coupon Applied", "Product Reviewed"}  # fmt: skip
    assert known <= LOOKS.keys()


def test_unknown_reason_or_field_is_shown_as_it_is() -> None:
    assert (words.reason_name("moon_phase"), words.field_name("moon")) == ("moon_phase", "moon")


@pytest.mark.parametrize(("count", "english", "chinese"), [(1, "1 change not saved", "1 处"), (3, "3 changes not saved", "3 处")])
def test_number_of_edits_agrees_with_its_noun(count: int, english: str, chinese: str) -> None:
    assert edits_text(count) == english
    with speaking("zh_CN"):
        assert chinese.split(maxsplit=1)[0] in edits_text(count)


@pytest.mark.parametrize(("days", "english"), [(-3, "today"), (0, "today"), (1, "1 day ago"), (400, "400 days ago")])
def test_time_gone_by_is_told_in_whole_days(days: int, english: str) -> None:
    assert ago(days) == english
    with speaking("zh_CN"):
        assert ago(days) == (_("today") if days <= 0 else f"{days} 天前")


@given(st.integers(0, 2**50))
def test_size_is_the_bytes_to_a_tenth_of_its_unit(size: int) -> None:
    number, unit = words.file_size(size).split(" ")
    scale = 1024 ** ("B", "KB", "MB", "GB").index(unit)
    assert abs(float(number) * scale - size) <= scale * 0.05 + 1e-6
    assert unit == "GB" or float(number) <= 1024
