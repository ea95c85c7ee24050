"""What a tier scheme of one's own is, as other rooms see it, and its JSON form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from finegrain.audience.rules.contract import Rule
from finegrain.audience.rules.reading import shown, write_rule
from finegrain.audience.tiers.own.errors import BadSchemeError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

VERSION = 1
MOST_TIERS = 50
LONGEST_NAME, LONGEST_LABEL, LONGEST_DESCRIPTION = 40, 100, 2_000
_NAME = re.compile(rf"[a-z][a-z0-9_]{{0,{LONGEST_NAME - 1}}}")
_FIELDS = ("tier_scheme", "name", "label", "description", "tiers", "rest")


class Rest(NamedTuple):
    """The tier of everybody who meets none of the rules."""

    key: str = "rest"
    label: str = "Rest"


class OwnTier(NamedTuple):
    """One tier: who meets its rule, and none of those before it.

    Attributes:
        key: stable name for programs, as in ``scheme/key``.
        label: what it is called, in the words of whoever made it.
        rule: the rule as JSON values.
    """

    key: str
    label: str
    rule: dict[str, Any]


@dataclass(frozen=True)
class OwnScheme:
    """A tier scheme of one's own.

    Attributes:
        name: stable name for programs: a small letter, then small letters, digits and underscores, 40 at most.
        label: what it is called.
        description: what it is for; may be empty.
        tiers: in order; the first whose rule somebody meets is theirs.
        rest: the tier of all others.
        made_at: when it was kept, aware, in UTC.
        made_by: who kept it.
    """

    name: str
    label: str
    description: str
    tiers: tuple[OwnTier, ...]
    rest: Rest
    made_at: datetime | None = None
    made_by: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all tiers in order, that of the rest last."""
        return (*(tier.key for tier in self.tiers), self.rest.key)

    @property
    def labels(self) -> tuple[str, ...]:
        """What all tiers are called, in order."""
        return (*(tier.label for tier in self.tiers), self.rest.label)

    def definition(self) -> dict[str, Any]:
        """Give what was defined as JSON values; ``read_scheme`` makes the same scheme of them."""
        return {
            "tier_scheme": VERSION,
            "name": self.name,
            "label": self.label,
            "description": self.description,
            "tiers": [tier._asdict() for tier in self.tiers],
            "rest": self.rest._asdict(),
        }

    def to_dict(self) -> dict[str, Any]:
        """Give the scheme as JSON values, with who made it and when."""
        return {
            **self.definition(),
            "made_at": None if self.made_at is None else self.made_at.isoformat(),
            "made_by": self.made_by,
        }


def read_scheme(values: Mapping[str, Any]) -> OwnScheme:
    """Make a scheme of JSON values; the rules of its tiers are checked by whoever keeps it.

    Args:
        values: ``tier_scheme`` (1, the version of the form; may be left out), ``name``, ``label`` (by default the name),
            ``description``, ``tiers`` (1 to 50, each with ``key``, ``label`` and ``rule``) and ``rest`` (``key`` and ``label``).

    Raises:
        BadSchemeError: a field is what it cannot be; the error says which.
    """
    version = values.get("tier_scheme", VERSION)
    if version != VERSION or isinstance(version, bool):
        raise _bad("tier_scheme", version, Phrase("{version}, the version of the form", version=VERSION))
    for name in values:
        if name not in _FIELDS:
            raise _bad(str(name), values[name], Phrase("only these fields: {fields}", fields=", ".join(_FIELDS)))
    name = _key(values.get("name"), "name")
    rest = _tier(values.get("rest", {}), "rest", {"key": Rest().key, "label": Rest().label})
    found = OwnScheme(
        name=name,
        label=_text(values.get("label", name), "label", LONGEST_LABEL),
        description=_description(values.get("description", "")),
        tiers=_tiers(values.get("tiers")),
        rest=Rest(_key(rest["key"], "rest.key"), _text(rest["label"], "rest.label", LONGEST_LABEL)),
    )
    _check_distinct(found.keys)
    return found


def pairs_to_values(tiers: Iterable[Any]) -> list[Any]:
    """Give tiers that came as (key, label, rule) as JSON values; others as they are."""
    return [_pair(tier) if isinstance(tier, tuple) else tier for tier in tiers]


def _pair(tier: tuple[Any, ...]) -> dict[str, Any]:
    found = dict(zip(("key", "label", "rule"), tier, strict=False))
    rule = found.get("rule")
    return {**found, "rule": write_rule(rule)} if isinstance(rule, Rule) else found


def _tiers(given: Any) -> tuple[OwnTier, ...]:
    if not isinstance(given, list | tuple) or not 1 <= len(given) <= MOST_TIERS:
        raise _bad("tiers", given, Phrase("a list of 1 to {most} tiers", most=MOST_TIERS))
    return tuple(_own_tier(one, f"tiers[{place}]") for place, one in enumerate(given))


def _own_tier(given: Any, path: str) -> OwnTier:
    tier = _tier(given, path, {"key": None, "label": None, "rule": None})
    key = _key(tier["key"], f"{path}.key")
    label = _text(key if tier["label"] is None else tier["label"], f"{path}.label", LONGEST_LABEL)
    if not isinstance(tier["rule"], dict):
        raise _bad(f"{path}.rule", tier["rule"], Phrase("a group or a condition, as one JSON object"))
    return OwnTier(key, label, tier["rule"])


def _tier(given: Any, path: str, defaults: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(given, dict) or set(given) - set(defaults):
        raise _bad(path, given, Phrase("an object with only these fields: {fields}", fields=", ".join(defaults)))
    return {**defaults, **given}


def _key(value: Any, field: str) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        allowed = Phrase("a small letter, then small letters, digits and underscores, {most} at most", most=LONGEST_NAME)
        raise _bad(field, value, allowed)
    return value


def _text(value: Any, field: str, most: int) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > most or not text.isprintable():
        raise _bad(field, value, Phrase("1 to {most} printable characters", most=most))
    return text


def _description(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_DESCRIPTION or "\0" in value:
        raise _bad("description", value, Phrase("at most {most} characters", most=LONGEST_DESCRIPTION))
    return value


def _check_distinct(keys: tuple[str, ...]) -> None:
    for place, key in enumerate(keys):
        if key in keys[:place]:
            field = f"tiers[{place}].key" if place < len(keys) - 1 else "rest.key"
            raise _bad(field, key, Phrase("a key that no other tier of the scheme has"))


def _bad(field: str, value: Any, allowed: Phrase) -> BadSchemeError:
    return BadSchemeError(field=field, value=shown(value), allowed=allowed)
