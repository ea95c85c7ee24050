"""The people of a segment as a table, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.console.pages.people.among import people_among
from finegrain.console.pages.segments.address import segment_url
from finegrain.console.widgets.cards import card
from finegrain.i18n import _

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.segments.contract import Segment


def people_card(segment: Segment, people: NDArray[np.int64], as_of: datetime) -> None:
    """Draw everybody in a segment; of a rule with a link to the reasons."""

    def why(person: int) -> str:
        return f"{segment_url(segment.name, person=str(person))}#why"

    with card(_("People")):
        people_among(
            lambda: people,
            as_of,
            sort="last_event",
            nothing=_("Nobody is in this segment now"),
            why=why if segment.is_rule else None,
        )
