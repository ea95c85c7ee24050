"""What can go wrong with goals.

InputError
├── BadGoalError        a field has a value that no goal can have
└── GoalExistsError     the name is taken
NotFoundError
└── UnknownGoalError    there is no such goal
"""

from __future__ import annotations

from finegrain.errors import InputError, NotFoundError
from finegrain.i18n import N_


class BadGoalError(InputError):
    """A goal cannot be set as it was given."""

    code = "bad_goal"
    problem = N_("The goal’s {field} is {value}, which it cannot be.")
    remedy = N_("Give {allowed}.")


class GoalExistsError(InputError):
    """There is a goal of this name already."""

    code = "goal_exists"
    problem = N_("There is a goal named “{name}” already.")
    remedy = N_("Choose another name, or delete that goal first.")


class UnknownGoalError(NotFoundError):
    """There is no goal of this number or name."""

    code = "unknown_goal"
    problem = N_("There is no goal “{goal}”.")
    remedy = N_("Somebody may have deleted it; the list of goals shows those there are.")
