"""Which controls each kind of condition has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.console.pages.segments.parts.deeds import DidForm, FirstTimeForm, LastTimeForm, SequenceForm
from finegrain.console.pages.segments.parts.standing import (
    ChannelForm,
    MessagesForm,
    MovedForm,
    OrdersForm,
    PredictedForm,
    SegmentForm,
    TierForm,
)
from finegrain.console.pages.segments.parts.traits import TraitForm

if TYPE_CHECKING:
    from finegrain.console.pages.segments.parts.base import ConditionForm

FORMS: dict[str, type[ConditionForm]] = {
    "trait": TraitForm,
    "event": DidForm,
    "first_time": FirstTimeForm,
    "last_time": LastTimeForm,
    "after": SequenceForm,
    "orders": OrdersForm,
    "tier": TierForm,
    "moved": MovedForm,
    "segment": SegmentForm,
    "consent": ChannelForm,
    "reachable": ChannelForm,
    "messages": MessagesForm,
    "predicted": PredictedForm,
}
"""The controls by the field that tells what condition it is."""
