"""A scheme of one's own that is being edited: what stands in the fields, as JSON values of the scheme and back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finegrain.audience.tiers.own.contract import OwnScheme

EXAMPLE = {"all": [{"orders": "purchases", "op": "gte", "value": 2, "period": "90d"}]}
"""The rule of the first tier of a new scheme: two purchases in ninety days."""


@dataclass
class TierFields:
    """What stands in the fields of one tier.

    Attributes:
        key, label: texts.
        rule: JSON as it is typed.
    """

    key: str = ""
    label: str = ""
    rule: str = ""

    def values(self) -> dict[str, Any]:
        """Give it as JSON values.

        Raises:
            ValueError: the rule is no JSON.
        """
        return {"key": self.key.strip(), "label": self.label.strip() or self.key.strip(), "rule": json.loads(self.rule)}


@dataclass
class SchemeFields:
    """What stands in the fields of a scheme."""

    name: str = ""
    label: str = ""
    description: str = ""
    tiers: list[TierFields] = field(default_factory=list)
    rest_key: str = "rest"
    rest_label: str = ""

    @classmethod
    def starting(cls) -> Self:
        """Give a new scheme with one tier as an example."""
        return cls(tiers=[TierFields("active", "", written(EXAMPLE))])

    @classmethod
    def of(cls, own: OwnScheme) -> Self:
        """Give the fields of a scheme that is kept."""
        tiers = [TierFields(tier.key, tier.label, written(tier.rule)) for tier in own.tiers]
        return cls(own.name, own.label, own.description, tiers, own.rest.key, own.rest.label)

    @classmethod
    def kept(cls, content: Mapping[str, Any]) -> Self:
        """Read a draft."""
        known = {name: content[name] for name in cls.__dataclass_fields__ if name in content}
        return cls(**{**known, "tiers": [TierFields(**tier) for tier in content.get("tiers", [])]})

    def content(self) -> dict[str, Any]:
        """Give a draft as JSON values."""
        return asdict(self)

    def values(self) -> dict[str, Any]:
        """Give the scheme as ``read_scheme`` takes it.

        Raises:
            ValueError: a rule is no JSON.
        """
        return {
            "name": self.name.strip(),
            "label": self.label.strip() or self.name.strip(),
            "description": self.description,
            "tiers": [tier.values() for tier in self.tiers],
            "rest": {"key": self.rest_key.strip(), "label": self.rest_label.strip() or self.rest_key.strip()},
        }

    def first_broken(self) -> tuple[int, str] | None:
        """Give the first tier whose rule is no JSON, and where in it; None where there is none."""
        for place, tier in enumerate(self.tiers):
            try:
                json.loads(tier.rule)
            except json.JSONDecodeError as error:
                return place, f"{error.lineno}:{error.colno}"
        return None


def written(rule: Mapping[str, Any]) -> str:
    """Write a rule as JSON for people, without the version of its form."""
    return json.dumps({name: value for name, value in rule.items() if name != "rule"}, ensure_ascii=False, indent=2)
