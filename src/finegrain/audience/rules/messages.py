"""Which events tell what became of messages, as a rule asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.behaviour.queries.contract import EventMatch, Filter
from finegrain.behaviour.receiving import channel_of, fate_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.audience.rules.contract import MessageKind

CHANNEL = "channel"
"""The property in which events of any channel tell which one it was."""


def message_matches(names: Sequence[str], kind: MessageKind, channel: str) -> tuple[EventMatch, ...]:
    """Give the events that tell of messages with a fate on a channel, no event in more than one match.

    Args:
        names: of all events that were ever stored.
        kind: the fate.
        channel: one, or empty for any.
    """
    told = [name for name in names if fate_of(name) == kind]
    if not channel:
        return (EventMatch(tuple(told)),) if told else ()
    own = tuple(name for name in told if channel_of(name) == channel)
    common = tuple(name for name in told if not channel_of(name))
    matches = (EventMatch(own), EventMatch(common, (Filter(CHANNEL, "is", channel),)))
    return tuple(match for match in matches if match.event)
