"""What can go wrong with rules.

InputError
└── BadRuleError            a node of a rule has a value that it cannot take
    ├── UnknownInRuleError  it names an event, trait, tier or segment that there is not
    ├── NoPredictionError   it names a predicted figure
    └── RuleCycleError      segments refer to each other in a circle
"""

from __future__ import annotations

from finegrain.errors import InputError
from finegrain.i18n import N_


class BadRuleError(InputError):
    """A node of a rule has a value that it cannot take; ``node`` is its path, such as ``all[1].not.event``."""

    code = "bad_rule"
    problem = N_("The rule's node {node} is {value}, which is not allowed.")
    remedy = N_("Give {allowed}.")


class UnknownInRuleError(BadRuleError):
    """A node of a rule names something that there is not."""

    code = "unknown_in_rule"
    problem = N_("The rule's node {node} names the {kind} “{value}”, which there is not.")
    remedy = N_("Nearest: {allowed}.")


class NoPredictionError(BadRuleError):
    """A node of a rule names a predicted figure, and none is computed."""

    code = "no_prediction"
    problem = N_("The rule's node {node} names the predicted figure “{value}”, and nothing is predicted in this workspace yet.")
    remedy = N_("Use what people did instead, or a tier such as lifecycle/declining.")


class RuleCycleError(BadRuleError):
    """Segments refer to each other in a circle, so that none of them could be computed first."""

    code = "rule_cycle"
    problem = N_("The rule's node {node} leads in a circle: {value}.")
    remedy = N_("Take one of these segments out of the other's rule.")
