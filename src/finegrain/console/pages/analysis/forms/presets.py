"""Questions that are worth asking of a shop, as far as its events allow them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.console.pages.analysis.contract import Preset
from finegrain.console.pages.analysis.words import shown_event
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.console.pages.analysis.catalogue import Catalogue

SIGN_UP, VIEW, SEARCH = "Signed Up", "Product Viewed", "Products Searched"
CART, CHECKOUT, ORDER, REFUND = "Product Added", "Checkout Started", "Order Completed", "Order Refunded"
COUPON, PAGE = "Coupon Applied", "Page Viewed"
_SHOP = [VIEW, CART, CHECKOUT, ORDER]

# Kind → (name, fields of the query, other events it needs). A list of events is cut down to those that happened.
_PRESETS: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "funnel": (
        (N_("Purchase"), {"steps": _SHOP}),
        (N_("From sign-up to the first order"), {"steps": [SIGN_UP, VIEW, ORDER], "window": "30d", "period": "90d"}),
        (N_("From search to order"), {"steps": [SEARCH, VIEW, ORDER], "window": "1d"}),
        (N_("Second order"), {"steps": [ORDER, ORDER], "window": "90d", "period": "6m", "granularity": "week"}),
    ),
    "trends": (
        (N_("Orders and buyers"), {"series": [ORDER, {"event": ORDER, "measure": "unique"}], "compare": True}),
        (
            N_("Revenue"),
            {
                "series": [{"event": ORDER, "measure": "sum", "property": "total"}],
                "compare": True,
            },
        ),
        (
            N_("Conversion rate a day"),
            {
                "series": [{"event": ORDER, "measure": "unique"}, {"event": VIEW, "measure": "unique"}],
                "formulas": ["A / B * 100"],
            },
        ),
        (
            N_("Active people"),
            {
                "series": [{"event": "*", "measure": "dau"}, {"event": "*", "measure": "wau"}, {"event": "*", "measure": "mau"}],
                "period": "90d",
            },
        ),
        (N_("Sign-ups"), {"series": [SIGN_UP], "granularity": "week", "period": "6m"}),
    ),
    "retention": (
        (N_("New people come back"), {"start": SIGN_UP, "returns": "*", "granularity": "week", "period": "12w"}),
        (
            N_("First order to next order"),
            {"start": ORDER, "returns": ORDER, "granularity": "month", "period": "6m", "periods": 6},
        ),
        (N_("Sign-up to order"), {"start": SIGN_UP, "returns": ORDER, "granularity": "week", "period": "12w"}),
    ),
    "paths": (
        (N_("After a product is viewed"), {"start": VIEW}),
        (N_("Before an order"), {"end": ORDER}),
        (N_("After sign-up"), {"start": SIGN_UP, "scope": "window", "window": "7d"}),
    ),
    "intervals": (
        (N_("From order to order"), {"start": ORDER, "end": ORDER, "window": "180d", "period": "12m", "granularity": "month"}),
        (N_("From view to order"), {"start": VIEW, "end": ORDER, "window": "7d"}),
        (N_("From sign-up to order"), {"start": SIGN_UP, "end": ORDER, "window": "90d", "period": "6m", "granularity": "week"}),
    ),
    "distribution": (
        (N_("Orders a person"), {"event": ORDER, "breaks": [2, 3, 5, 10], "period": "6m"}),
        (N_("Spend a person"), {"event": ORDER, "measure": "sum", "property": "total", "period": "6m"}),
        (N_("Days with a visit"), {"event": VIEW, "measure": "days"}),
    ),
    "attribution": (
        (N_("Sources of orders"), {"conversion": ORDER, "touches": [PAGE], "name_by": "source", "money": "total"}),
        (N_("Search, coupon and view"), {"conversion": ORDER, "touches": [SEARCH, COUPON, VIEW], "money": "total"}),
    ),
    "lifecycle": (
        (N_("Buyers by month"), {"event": ORDER, "granularity": "month", "period": "12m"}),
        (N_("Active people by week"), {"event": "*", "granularity": "week", "period": "12w"}),
    ),
    "stickiness": (
        (N_("Visits"), {"event": "*"}),
        (N_("Views of products"), {"event": VIEW}),
        (N_("Orders by week"), {"event": ORDER, "granularity": "week", "period": "12w"}),
    ),
    "churn": (
        (N_("Silent for 90 days"), {}),
        (N_("Silent for 30 days"), {"silence": "30d"}),
        (N_("Of high value"), {"audience": {"tier": "value/high"}}),
    ),
    "process": (
        (N_("Purchase"), {"preset": "purchase", "period": "90d"}),
        (N_("From sign-up to the first order"), {"preset": "sign_up", "window": "30d", "period": "6m"}),
    ),
}
_OF_PROCESS = {"purchase": (VIEW, ORDER), "sign_up": (SIGN_UP, ORDER)}
"""Events without which there is no such process."""
_LISTS = ("steps", "touches")
_EVENTS = ("event", "start", "end", "returns", "conversion")


def presets(kind: str, catalogue: Catalogue) -> list[Preset]:
    """Give the questions of a kind whose events this workspace has, and one about its most frequent events where it has none.

    Args:
        kind: name of the kind.
        catalogue: which events there are.

    Returns:
        At least one, except where there are no events at all.
    """
    fitting = [(name, _fitted(query, catalogue)) for name, query in _PRESETS.get(kind, ())]
    found = [Preset(_(name), query) for name, query in fitting if query is not None]
    return found or _general(kind, list(catalogue.events))


def _fitted(query: dict[str, Any], catalogue: Catalogue) -> dict[str, Any] | None:
    """Cut lists of events down to those that happened; None where what is left makes no such question."""
    known = {*catalogue.events, "*"}
    if not catalogue.events or any(query[name] not in known for name in _EVENTS if name in query):
        return None
    if not known.issuperset(_OF_PROCESS.get(query.get("preset", ""), ())):
        return None
    fitted = dict(query)
    for name in _LISTS:
        if name in query:
            fitted[name] = [event for event in query[name] if event in known]
            # A funnel without its goal, or a single step, says nothing.
            goal_lost = name == "steps" and (len(fitted[name]) < 2 or query[name][-1] not in known)  # noqa: PLR2004
            if not fitted[name] or goal_lost:
                return None
    if any(_event_of(one) not in known for one in query.get("series", ())):
        return None
    return fitted if _has_properties(fitted, catalogue) else None


def _has_properties(query: dict[str, Any], catalogue: Catalogue) -> bool:
    wanted = {query.get(name) for name in ("name_by", "money", "property")}
    wanted |= {one.get("property") for one in query.get("series", ()) if isinstance(one, dict)}
    return wanted - {None} <= {each.name for each in catalogue.properties(())}


def _event_of(series: Any) -> str:
    return str(series["event"]) if isinstance(series, dict) else str(series)


def _general(kind: str, events: Sequence[str]) -> list[Preset]:
    """Give a question about the most frequent events of a workspace that is no shop as we know them."""
    if not events:
        return []
    first, second = events[0], events[min(1, len(events) - 1)]
    queries: dict[str, dict[str, Any]] = {
        "funnel": {"steps": [first, second]},
        "trends": {"series": [first]},
        "retention": {"start": first, "returns": first, "granularity": "week", "period": "12w"},
        "paths": {"start": first},
        "intervals": {"start": first, "end": second},
        "distribution": {"event": first},
        "attribution": {"conversion": second, "touches": [first]},
        "lifecycle": {"event": first, "granularity": "week", "period": "12w"},
        "stickiness": {"event": first},
        "process": {"steps": [first, second]},
    }
    return [Preset(shown_event(first), queries[kind])] if kind in queries else []
