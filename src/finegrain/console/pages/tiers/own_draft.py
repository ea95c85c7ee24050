"""A scheme of one's own that is being edited: what stands in the fields, kept as a draft, and as JSON values of the scheme."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from finegrain.console.pages.segments.model import RuleTree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finegrain.audience.tiers.own.contract import OwnScheme

EXAMPLE = {"orders": "purchases", "op": "gte", "value": 2, "period": "90d"}
"""The rule of the first tier of a new scheme: two purchases in ninety days."""


@dataclass(eq=False)
class TierFields:
    """What stands in the fields of one tier.

    Attributes:
        key, label: texts.
        tree: its rule, parts of which may still lack something.
    """

    key: str = ""
    label: str = ""
    tree: RuleTree = field(default_factory=RuleTree)

    def values(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {"key": self.key.strip(), "label": self.label.strip() or self.key.strip(), "rule": self.tree.rule()}


@dataclass(eq=False)
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
        return cls(tiers=[TierFields("active", "", RuleTree(EXAMPLE))])

    @classmethod
    def of(cls, own: OwnScheme) -> Self:
        """Give the fields of a scheme that is kept."""
        tiers = [TierFields(tier.key, tier.label, RuleTree(tier.rule)) for tier in own.tiers]
        return cls(own.name, own.label, own.description, tiers, own.rest.key, own.rest.label)

    @classmethod
    def kept(cls, content: Mapping[str, Any]) -> Self | None:
        """Read a draft; None where it cannot be read, as after an update that keeps drafts in another way."""
        try:
            tiers = [TierFields(tier["key"], tier["label"], RuleTree.from_draft(tier["tree"])) for tier in content["tiers"]]
            texts = {name: str(content[name]) for name in _TEXTS}
        except (KeyError, TypeError, ValueError, AttributeError):
            return None
        return cls(**texts, tiers=tiers)

    def content(self) -> dict[str, Any]:
        """Give a draft as JSON values."""
        tiers = [{"key": tier.key, "label": tier.label, "tree": tier.tree.draft()} for tier in self.tiers]
        return {**{name: getattr(self, name) for name in _TEXTS}, "tiers": tiers}

    def values(self) -> dict[str, Any]:
        """Give the scheme as ``read_scheme`` takes it."""
        return {
            "name": self.name.strip(),
            "label": self.label.strip() or self.name.strip(),
            "description": self.description,
            "tiers": [tier.values() for tier in self.tiers],
            "rest": {"key": self.rest_key.strip(), "label": self.rest_label.strip() or self.rest_key.strip()},
        }


_TEXTS = ("name", "label", "description", "rest_key", "rest_label")
