"""What can go wrong with the events themselves."""

from __future__ import annotations

from finegrain.errors import StateError
from finegrain.i18n import N_
from finegrain.store.errors import EventStoreError


class BadEventsError(EventStoreError):
    """Some events of a batch cannot be stored, whatever the state of the disk."""

    code = "bad_events"
    problem = N_("Some of the events cannot be stored by the event store {path}: {reason}.")
    remedy = N_("Nothing was changed. Correct the values, or leave these events out.")


class NoClickHouseDriverError(StateError):
    """The driver of ClickHouse is not installed."""

    code = "no_clickhouse_driver"
    problem = N_("The event store {url} needs a driver that is not installed.")
    remedy = N_("Install finegrain with it: `pip install 'finegrain[{extra}]'`.")


class OldClickHouseError(StateError):
    """The ClickHouse server is older than what the tables need."""

    code = "old_clickhouse"
    problem = N_("The event store {url} runs ClickHouse {found}, which cannot keep properties as JSON.")
    remedy = N_("Use ClickHouse {needed} or newer.")
