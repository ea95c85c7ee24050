"""What can go wrong with history.

InputError
├── NoHistoryError     nothing is kept of the day
└── BadHistoryError    days that cannot be asked for, or filled
"""

from __future__ import annotations

from finegrain.errors import InputError
from finegrain.i18n import N_


class NoHistoryError(InputError):
    """Nothing is kept of a segment or scheme on a day."""

    code = "no_history"
    problem = N_("Nothing is kept of “{what}” on {day}.")
    remedy = N_("Choose one of the days that are kept: {kept}. Or compute the day afterwards with `finegrain history fill`.")


class BadHistoryError(InputError):
    """Days cannot be asked for, or filled."""

    code = "bad_history"
    problem = N_("The days from {first} to {last} cannot be asked for.")
    remedy = N_("Give {allowed}.")
