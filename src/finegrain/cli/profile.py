"""How one person looks on a terminal: figures, traits, tiers with the reason, newest events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finegrain.cli.output import moment, money, number, table
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from finegrain.audience.directory import PersonRow
    from finegrain.audience.tiers.contract import Explanation
    from finegrain.people.contract import Person
    from finegrain.store.events.contract import EventRow
    from finegrain.workspace import Workspace


@dataclass(frozen=True)
class Profile:
    """What is shown of one person."""

    person: Person
    row: PersonRow
    tiers: tuple[Explanation, ...]
    events: tuple[EventRow, ...]


def as_dict(ws: Workspace, known: Profile, figures: dict[str, Any]) -> dict[str, Any]:
    """Give the profile as the JSON object of ``people show --json``."""
    return {
        **figures,
        "ids": list(known.person.distinct_ids),
        "traits": known.person.traits,
        "tiers": {item.scheme: _explanation_dict(item) for item in known.tiers},
        "events": [
            {"event": event.event, "time": event.time.astimezone(ws.zone.info).isoformat(), "properties": event.properties}
            for event in known.events
        ],
    }


def _explanation_dict(item: Explanation) -> dict[str, Any]:
    return {
        "tier": item.tier,
        "name": _(item.tier_name),
        "figures": [{"label": _(figure.label), "value": figure.value, "verdict": figure.verdict} for figure in item.figures],
        "moves_to": item.moves_to,
        "moves_at": item.moves_at.isoformat() if item.moves_at else None,
        "note": item.note,
    }


def rendered(ws: Workspace, known: Profile) -> Iterator[RenderableType]:
    """Give the parts of a profile as tables."""
    yield table(["", f"{known.person.display_id} {known.person.name}".strip()], _figures(ws, known))
    if known.person.traits:
        yield table([_("Trait"), _("Trait value")], [(name, str(value)) for name, value in sorted(known.person.traits.items())])
    yield table([_("Scheme"), _("Tier"), _("Why"), _("What time alone will do")], [_tier_row(ws, item) for item in known.tiers])
    if known.events:
        rows = [(moment(event.time, ws.zone), event.event, _short(event.properties)) for event in known.events]
        yield table([_("Time"), _("Event"), _("Properties")], rows)


def _figures(ws: Workspace, known: Profile) -> list[tuple[str, str]]:
    row = known.row
    return [
        (_("Ids"), ", ".join(known.person.distinct_ids)),
        (_("Known since"), moment(row.known_since, ws.zone)),
        (_("Orders"), number(row.purchases)),
        (_("Revenue"), money(row.revenue_minor, ws.currency)),
        (_("Average order"), money(row.average_order_value_minor, ws.currency)),
        (_("First order"), moment(row.first_purchase, ws.zone)),
        (_("Last order"), moment(row.last_purchase, ws.zone)),
        (_("Last event"), moment(row.last_event, ws.zone)),
    ]


def _tier_row(ws: Workspace, item: Explanation) -> tuple[str, str, str, str]:
    why = "\n".join(f"{_(figure.label)} {figure.value} → {figure.verdict}" for figure in item.figures)
    return item.scheme, _(item.tier_name), why, _movement(ws, item)


def _movement(ws: Workspace, item: Explanation) -> str:
    if item.moves_to_name is None:
        return _("nothing")
    moved = _("moves to {tier} on {moment}", tier=_(item.moves_to_name), moment=moment(item.moves_at, ws.zone))
    return f"{moved}\n{item.note}".strip()


def _short(properties: dict[str, Any], width: int = 80) -> str:
    text = ", ".join(f"{name}={value}" for name, value in properties.items())
    return text if len(text) <= width else text[: width - 1] + "…"
