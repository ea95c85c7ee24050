"""What a tier scheme gives: its tiers with their figures, who is in which, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from finegrain.audience.tiers.texts import render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

SchemeName = str
"""The name of a scheme: of one that is built in, or of one's own."""
SCHEMES: tuple[SchemeName, ...] = ("rfm", "activity", "value", "frequency", "lifecycle")
"""The schemes that are built in."""


@dataclass(frozen=True)
class Tier:
    """One tier with the figures of its people.

    Attributes:
        key: stable name for programs, URLs and saved rules.
        name, description: English texts, marked for translation; doors translate them.
        people: how many; equals the length of the list of people behind it.
        share: of all people, 0–1; 0 when there is nobody.
        revenue_minor: net revenue of these people before ``as_of``, minor units.
        purchases: orders that count as purchases.
        average_order_value_minor: revenue / purchases; None without a purchase.
    """

    key: str
    name: str
    description: str
    people: int
    share: float
    revenue_minor: int
    purchases: int
    average_order_value_minor: int | None


@dataclass(frozen=True)
class Threshold:
    """One threshold of a scheme: what it is, what it may be, and what it is now.

    Attributes:
        name: stable name for programs.
        label, unit, help: English texts, marked for translation; the unit of money is the currency's code.
        value, default: a number, or one of ``choices``.
        minimum, maximum: limits of a number, both allowed; None for a choice.
        choices: the values of a closed choice; empty for a number.
        choice_labels: English texts of ``choices``, in their order.
        whole: whether a number must be whole.
        only_when: (name, value) of other thresholds without which this one has no effect; a form may hide it.
    """

    name: str
    label: str
    value: float | str
    default: float | str
    unit: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    help: str
    choice_labels: tuple[str, ...] = ()
    whole: bool = False
    only_when: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Note:
    """A sentence for the reader: an English template, marked for translation, and the facts that fill it."""

    template: str
    facts: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """Give the sentence in the reader's language."""
        return render(self.template, self.facts)


@dataclass(frozen=True)
class Suggestion:
    """A value for a threshold that the data suggest; ``reason`` is a template, its figures are in ``facts``."""

    name: str
    value: float | str
    reason: str
    facts: dict[str, Any]

    def text(self) -> str:
        """Give the reason in the reader's language."""
        return render(self.reason, self.facts)


@dataclass(frozen=True)
class SuggestionResult:
    """What the data suggest for the thresholds of one scheme; iterates over the suggestions.

    Attributes:
        suggestions: in the order of the thresholds; applied together they never contradict each other.
        note_templates: why there are none, or not all, where the data are thin.
    """

    scheme: SchemeName
    suggestions: tuple[Suggestion, ...]
    note_templates: tuple[Note, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Why there are none, or not all, in the reader's language."""
        return tuple(note.text() for note in self.note_templates)

    def __iter__(self) -> Iterator[Suggestion]:
        return iter(self.suggestions)

    def __len__(self) -> int:
        return len(self.suggestions)

    def values(self) -> dict[str, float | str]:
        """Give the suggested values by name of threshold, as ``save_thresholds`` takes them."""
        return {suggestion.name: suggestion.value for suggestion in self.suggestions}


class PersonOrder(NamedTuple):
    """One entry of a person's account, as far as the window of RFM needs it.

    Attributes:
        time_us: when, microseconds since 1970 UTC.
        net_minor: amount less refunds, minor units; negative for a refund that names no order.
        is_purchase: whether it counts as a purchase.
    """

    time_us: int
    net_minor: int
    is_purchase: bool


class OrdersOf(Protocol):
    """Something that knows a person's orders before a moment."""

    def __call__(self, person_id: int, as_of_us: int) -> tuple[PersonOrder, ...]:
        """Give the person's orders and free refunds before ``as_of_us``, in order of time."""


@dataclass(frozen=True)
class ExplainedFigure:
    """One figure of a person and what it did: ``R = 12 days → score 5``."""

    label: str
    value: str
    verdict: str


@dataclass(frozen=True)
class Explanation:
    """Why a person is in a tier, and when time alone moves the person on.

    Attributes:
        figures: the person's figures with the verdict each led to, in the reader's language.
        moves_to: the tier the person reaches if nothing happens; None when time alone changes nothing.
        moves_at: when; exact under fixed thresholds; None like ``moves_to``.
        note: what ``moves_at`` assumes (for example that quantile bounds stay as they are).
    """

    scheme: SchemeName
    person_id: int
    tier: str
    tier_name: str
    figures: tuple[ExplainedFigure, ...]
    moves_to: str | None
    moves_to_name: str | None
    moves_at: datetime | None
    note: str


@dataclass(frozen=True, eq=False)
class TierAssignment:
    """Who is in which tier: ``codes[i]`` is the place in ``keys`` of the tier of ``person_ids[i]``."""

    keys: tuple[str, ...]
    person_ids: NDArray[np.int64]
    codes: NDArray[np.int8]
