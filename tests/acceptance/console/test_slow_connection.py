"""Nothing that is clicked or typed is lost on the way to a server that is far away, or slow to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.acceptance.console.conftest import OpenPage

DELAY_MS = 700
"""Each way; what the server says to a click is seen after twice that."""


def test_values_are_taken_as_fast_as_they_are_typed(open_page: OpenPage) -> None:
    page = open_page("/data/plan", delay_ms=DELAY_MS)
    page.get_by_role("button", name="Declare an event").first.click()
    page.get_by_label("Event", exact=True).fill("Coupon Entered")
    page.get_by_role("button", name="Add a property").click()
    page.get_by_label("Property", exact=True).fill("size")
    values = ["NEW", "VIP", "OLD", "LOST"]
    for value in values:
        page.get_by_label("Allowed values", exact=True).fill(value)
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Coupon Entered", exact=True).click()
    expect(page.locator(".fg-rule .q-chip")).to_have_count(len(values))
    expect(page.locator(".fg-rule .q-chip")).to_contain_text(values)


def test_what_is_typed_right_after_the_choice_of_a_property_stays(open_page: OpenPage) -> None:
    page = open_page("/analysis/funnel", delay_ms=DELAY_MS)
    page.get_by_role("button", name="Condition on all events").click()
    page.locator(".fg-filter-row").get_by_label("Property", exact=True).click()
    page.get_by_role("option", name="currency", exact=True).click()
    page.get_by_label("Values", exact=True).fill("USD")
    page.keyboard.press("Tab")
    expect(page.locator(".fg-filter-row .q-chip")).to_contain_text("USD")
