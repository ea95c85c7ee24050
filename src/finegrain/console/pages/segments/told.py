"""What is wrong with a rule, said at the node that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.audience.rules.errors import BadRuleError, RuleCycleError, UnknownInRuleError
from finegrain.i18n import _, current_language

if TYPE_CHECKING:
    from finegrain.errors import FinegrainError


def told_at_node(error: FinegrainError) -> tuple[str, str]:
    """Give the path of the node that an error is about, and what is wrong there, in the reader's language.

    The path is empty where the error is about no node. The reader sees the node, so the text does not name it.
    """
    if not isinstance(error, BadRuleError):
        return "", error.message(current_language())
    node = str(error.facts["node"])
    return ("" if node == "rule" else node), _text(error)


def _text(error: BadRuleError) -> str:
    facts = {name: _fact(value) for name, value in error.facts.items()}
    if isinstance(error, UnknownInRuleError):
        return _("There is no {kind} “{value}”. Nearest: {allowed}.", **facts)
    if isinstance(error, RuleCycleError):
        return _("This leads in a circle: {value}.", **facts)
    if "allowed" in facts:
        return _("{value} is not possible here: give {allowed}.", **facts)
    return error.message(current_language())


def _fact(value: object) -> str:
    told_in = getattr(value, "told", None)
    return str(told_in(current_language()) if told_in else value)
