"""What can go wrong with dashboards.

InputError
├── BadDashboardError        a name, title, size or order that no dashboard can have, or too many of something
└── DashboardExistsError     the name is taken
NotFoundError
├── UnknownDashboardError    there is no such dashboard
└── UnknownCardError         it has no such card
"""

from __future__ import annotations

from finegrain.errors import InputError, NotFoundError
from finegrain.i18n import N_


class BadDashboardError(InputError):
    """A dashboard or a card cannot be kept as it was given."""

    code = "bad_dashboard"
    problem = N_("The dashboard’s {field} is {value}, which it cannot be.")
    remedy = N_("Give {allowed}.")


class DashboardExistsError(InputError):
    """There is a dashboard of this name already."""

    code = "dashboard_exists"
    problem = N_("There is a dashboard named “{name}” already.")
    remedy = N_("Choose another name, or delete that dashboard first.")


class UnknownDashboardError(NotFoundError):
    """There is no dashboard of this number."""

    code = "unknown_dashboard"
    problem = N_("There is no dashboard with the number {dashboard}.")
    remedy = N_("Somebody may have deleted it; the list of dashboards shows those there are.")


class UnknownCardError(NotFoundError):
    """A dashboard has no card of this number."""

    code = "unknown_card"
    problem = N_("Dashboard “{name}” has no card with the number {card}.")
    remedy = N_("Somebody may have removed it; look at the dashboard again.")
