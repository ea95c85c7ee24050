"""Rules from JSON values and back: every node checked for its form, errors that point at the node."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

from finegrain.audience.rules.contract import CONDITIONS, All, AnyOf, EventMatch, Not, Rule
from finegrain.audience.rules.errors import BadRuleError
from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.reading import read_query
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION = 1
MOST_DEPTH, MOST_NODES = 20, 500
GROUPS = ("all", "any", "not")
KINDS: dict[str, type[Rule]] = {fields(kind)[0].name: kind for kind in CONDITIONS}
"""Conditions by the field that tells which one a node is."""
_LONGEST_SHOWN = 80


def read_rule(values: Any) -> Rule:
    """Make a rule of JSON values.

    Args:
        values: a group (``{"all": […]}``, ``{"any": […]}``, ``{"not": …}``) or a condition, with ``"rule": 1`` beside it, the
            version of the form; it may be left out.

    Raises:
        BadRuleError: a node is of no known form, has a value that it cannot take, or there are too many, or too deep ones.

    Examples:
        >>> read_rule({"rule": 1, "not": {"event": "Order Completed", "period": "30d"}})
        Not(rule=Did(event=EventMatch(event='Order Completed', filters=(), match='all', label=''), measure='count', property='', \
op='gte', value=1, period='30d'))
    """
    if isinstance(values, dict) and "rule" in values:
        version = values["rule"]
        if version != VERSION or isinstance(version, bool):
            raise BadRuleError(
                node="rule", value=shown(version), allowed=Phrase("{version}, the version of the form", version=VERSION)
            )
        values = {name: value for name, value in values.items() if name != "rule"}
    return _Reader().node(values, "", 1)


def write_rule(rule: Rule) -> dict[str, Any]:
    """Give a rule as JSON values, without what is left at its default; ``read_rule`` makes the same rule of them."""
    return {"rule": VERSION, **_written_node(rule)}


def walk(rule: Rule, path: str = "") -> Iterator[tuple[str, Rule]]:
    """Give every condition of a rule with the path of its node, in order."""
    if isinstance(rule, All | AnyOf):
        name = "all" if isinstance(rule, All) else "any"
        for place, part in enumerate(rule.rules):
            yield from walk(part, joined(path, f"{name}[{place}]"))
    elif isinstance(rule, Not):
        yield from walk(rule.rule, joined(path, "not"))
    else:
        yield path, rule


def joined(path: str, part: str) -> str:
    """Give the path of a part of a node."""
    return f"{path}.{part}" if path else part


def shown(value: Any) -> str:
    """Give a value as an error shows it."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


class _Reader:
    """Reads one rule, counting its nodes."""

    def __init__(self) -> None:
        self._nodes = 0

    def node(self, values: Any, path: str, depth: int) -> Rule:
        self._nodes += 1
        where = path or "rule"
        if self._nodes > MOST_NODES:
            raise BadRuleError(node=where, value=Phrase("one too many"), allowed=Phrase("at most {most} nodes", most=MOST_NODES))
        if depth > MOST_DEPTH:
            raise BadRuleError(node=where, value=Phrase("too deep"), allowed=Phrase("at most {most} levels", most=MOST_DEPTH))
        if not isinstance(values, dict):
            raise BadRuleError(node=where, value=shown(values), allowed=Phrase("a group or a condition, as one JSON object"))
        found = [name for name in (*GROUPS, *KINDS) if name in values]
        if not found:
            raise BadRuleError(node=where, value=shown(values), allowed=_kinds())
        if found[0] in GROUPS:
            return self._group(found[0], values, path, depth)
        return _condition(KINDS[found[0]], values, path)

    def _group(self, name: str, values: Mapping[str, Any], path: str, depth: int) -> Rule:
        others = [other for other in values if other != name]
        if others:
            raise BadRuleError(
                node=joined(path, others[0]), value=shown(values[others[0]]), allowed=Phrase("a group alone in its node")
            )
        here, inside = joined(path, name), values[name]
        if name == "not":
            return Not(self.node(inside, here, depth + 1))
        if not isinstance(inside, list | tuple) or (name == "any" and not inside):
            raise BadRuleError(node=here, value=shown(inside), allowed=Phrase("a list of groups and conditions"))
        rules = tuple(self.node(one, f"{here}[{place}]", depth + 1) for place, one in enumerate(inside))
        return All(rules) if name == "all" else AnyOf(rules)


def _condition(kind: type[Rule], values: Mapping[str, Any], path: str) -> Rule:
    try:
        return read_query(kind, values)
    except BadQueryError as error:
        facts = error.facts
        field = str(facts["field"])
        node = path or "rule" if field == "query" else joined(path, field)
        raise BadRuleError(node=node, value=facts["value"], allowed=facts["allowed"]) from error


def _kinds() -> Phrase:
    return Phrase("a node with one of {names}", names=", ".join((*GROUPS, *KINDS)))


def _written_node(rule: Rule) -> dict[str, Any]:
    if isinstance(rule, All):
        return {"all": [_written_node(one) for one in rule.rules]}
    if isinstance(rule, AnyOf):
        return {"any": [_written_node(one) for one in rule.rules]}
    if isinstance(rule, Not):
        return {"not": _written_node(rule.rule)}
    return fields_of(rule)


def fields_of(part: Any) -> dict[str, Any]:
    """Give the fields of a dataclass as JSON values, without what is left at its default."""
    return {
        field.name: _written(getattr(part, field.name))
        for field in fields(part)
        if field.default is MISSING or not _same(getattr(part, field.name), field.default)
    }


def _same(value: Any, default: Any) -> bool:
    # True equals 1, and is another value all the same.
    return type(value) is type(default) and bool(value == default)


def _written(value: Any) -> Any:
    if isinstance(value, EventMatch):
        spelled = fields_of(value)
        return spelled["event"] if len(spelled) == 1 and isinstance(spelled["event"], str) else spelled
    if hasattr(value, "__dataclass_fields__"):
        return fields_of(value)
    return [_written(one) for one in value] if isinstance(value, tuple) else value
