"""Who the people of a query's audience are: those of a tier, of a segment, or those who have certain ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.errors import BadQueryError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from finegrain.audience.segments.service import SegmentService
    from finegrain.audience.tiers.service import TierService
    from finegrain.behaviour.queries.contract import Audience
    from finegrain.people.service import PeopleService


class Audiences:
    """Resolves audiences.

    Args:
        people: who has which id.
        tiering: who is in which tier.
        segments: who is in which segment.
    """

    def __init__(self, people: PeopleService, tiering: TierService, segments: SegmentService) -> None:
        self._people = people
        self._tiering = tiering
        self._segments = segments

    def people_in(self, audience: Audience, as_of: datetime) -> NDArray[np.int64]:
        """Give the ids of an audience's people as of a moment, ascending, each once.

        Raises:
            BadQueryError: it names nobody, or in several ways at once.
            UnknownSchemeError, UnknownTierError, UnknownSegmentError: there is no such scheme, tier or segment.
            UnknownPersonError: nobody has one of the ids.
        """
        if sum(map(bool, (audience.tier, audience.segment, audience.people))) != 1:
            allowed = Phrase("one of tier, segment and people")
            raise BadQueryError(field="audience", value=repr(audience), allowed=allowed)
        if audience.segment:
            return self._segments.members(audience.segment, as_of)
        if audience.tier:
            return self._of_tier(audience.tier, as_of)
        return np.unique([self._people.find(one).id for one in audience.people]).astype(np.int64)

    def _of_tier(self, tier: str, as_of: datetime) -> NDArray[np.int64]:
        scheme, separator, key = tier.partition("/")
        if not separator:
            allowed = Phrase("a scheme and a tier of it, such as rfm/important_value")
            raise BadQueryError(field="audience.tier", value=tier, allowed=allowed)
        return self._tiering.compute(scheme, as_of).people(key)
