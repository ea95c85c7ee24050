"""A rule as text, to be copied and pasted: JSON or YAML."""

from __future__ import annotations

import json
from typing import Any

from finegrain.audience.rules.errors import BadRuleError
from finegrain.audience.rules.reading import read_rule, shown, write_rule
from finegrain.i18n import Phrase
from finegrain.plain_yaml import NotPlainError, dump, load


def as_json(rule: dict[str, Any]) -> str:
    """Give a rule as JSON text.

    Examples:
        >>> print(as_json({"rule": 1, "segment": "回流"}))
        {
          "rule": 1,
          "segment": "回流"
        }
    """
    return json.dumps(rule, ensure_ascii=False, indent=2)


def as_yaml(rule: dict[str, Any]) -> str:
    """Give a rule as YAML text, its fields in the order of the rule.

    Examples:
        >>> print(as_yaml({"rule": 1, "segment": "回流"}))
        rule: 1
        segment: 回流
        <BLANKLINE>
    """
    return dump(rule)


def rule_in(text: str) -> dict[str, Any]:
    """Give the JSON values of the rule in a text, JSON or YAML.

    Raises:
        BadRuleError: it holds none; the error points at the node.
    """
    try:
        values = json.loads(text)
    except ValueError:
        values = _yaml(text)
    return write_rule(read_rule(values))


def _yaml(text: str) -> Any:
    try:
        return load(text)
    except NotPlainError as error:
        allowed = Phrase("a rule as JSON or YAML")
        raise BadRuleError(node="rule", value=shown(text.strip()[:80]), allowed=allowed) from error
