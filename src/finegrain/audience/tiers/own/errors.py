"""What can go wrong with tier schemes of one's own.

InputError
├── BadSchemeError           a field of a scheme is what it cannot be
│   └── BadSchemeRuleError   the rule of a tier cannot be used
├── SchemeExistsError        the name is taken
├── BuiltInSchemeError       a scheme that is built in is to be replaced or deleted
└── SchemeInUseError         segments, goals or other schemes name tiers that would go
"""

from __future__ import annotations

from finegrain.errors import InputError
from finegrain.i18n import N_


class BadSchemeError(InputError):
    """A tier scheme cannot be kept as it was given."""

    code = "bad_tier_scheme"
    problem = N_("The tier scheme’s {field} is {value}, which it cannot be.")
    remedy = N_("Give {allowed}.")


class BadSchemeRuleError(BadSchemeError):
    """The rule of a tier cannot be used; ``node`` is where in the rule."""

    code = "bad_tier_rule"
    problem = N_("The rule of the tier “{key}” cannot be used. {reason}")
    remedy = N_("Change the rule at {node}.")


class SchemeExistsError(InputError):
    """There is a tier scheme of this name already."""

    code = "tier_scheme_exists"
    problem = N_("There is a tier scheme named “{name}” already.")
    remedy = N_("Choose another name, or say that it is to be replaced.")


class BuiltInSchemeError(InputError):
    """A scheme that is built in can be neither replaced nor deleted."""

    code = "tier_scheme_built_in"
    problem = N_("The tier scheme {name} is built in: it can be neither replaced nor deleted.")
    remedy = N_("Choose another name; what a built-in scheme counts is changed by its thresholds.")


class SchemeInUseError(InputError):
    """A tier scheme, or a tier of it, cannot go, because others name it."""

    code = "tier_scheme_in_use"
    problem = N_("{tiers} is named by others: {users}.")
    remedy = N_("Take it out of them first, or delete them.")
