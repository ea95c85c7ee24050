"""What can go wrong with the events themselves."""

from __future__ import annotations

from finegrain.i18n import N_
from finegrain.store.errors import EventStoreError


class BadEventsError(EventStoreError):
    """Some events of a batch cannot be stored, whatever the state of the disk."""

    code = "bad_events"
    problem = N_("Some of the events cannot be stored by the event store {path}: {reason}.")
    remedy = N_("Nothing was changed. Correct the values, or leave these events out.")
