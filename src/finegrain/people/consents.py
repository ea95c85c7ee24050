"""What people agreed to and what they refused, by channel and purpose, with proof; only ever added to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from sqlalchemy import func, insert, or_, select

from finegrain.access.acting import require
from finegrain.access.recording import record
from finegrain.people.columns import read_columns
from finegrain.people.contract import TraitValues
from finegrain.people.errors import BadConsentError, UnknownPersonError
from finegrain.people.reading import living_all
from finegrain.people.tables import ConsentTable, DistinctIdTable, IdSpanTable

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from finegrain.clock import Clock
    from finegrain.store.ops import OpsStore

ADDRESSES: dict[str, tuple[str, ...]] = {
    "email": ("email", "邮箱"),
    "sms": ("phone", "mobile", "手机", "手机号"),
    "push": ("push_token", "device_token", "registration_id"),
    "wechat": ("openid", "wechat_openid", "unionid"),
}
"""The traits that hold an address for each channel."""
LONGEST, LONGEST_PROOF = 50, 2_000


@dataclass(frozen=True)
class Consent:
    """What one person said.

    Attributes:
        channel: such as ``email``.
        purpose: for what, such as ``marketing``.
        granted: yes or no.
        since: from when on it holds, aware, in UTC.
        source: where it was said, such as the name of a form.
        proof: what shows that it was said: the text that was agreed to, an id of a record; may be empty.
    """

    channel: str
    purpose: str
    granted: bool
    since: datetime
    source: str
    proof: str


class ConsentService:
    """Keeps consent. Safe to use from several threads.

    Args:
        ops: where it is kept.
        clock: where the present time comes from.
    """

    def __init__(self, ops: OpsStore, clock: Clock) -> None:
        self._ops = ops
        self._clock = clock

    def say(
        self,
        person: int,
        channel: str,
        *,
        granted: bool,
        source: str,
        purpose: str = "marketing",
        since: datetime | None = None,
        proof: str = "",
    ) -> Consent:
        """Keep what a person said; what was said before stays on record.

        Args:
            person: the person's id.
            channel: 1 to 50 characters.
            granted: yes or no.
            source: where it was said, 1 to 50 characters.
            purpose: 1 to 50 characters.
            since: from when on it holds, aware; now by default.
            proof: up to 2,000 characters.

        Raises:
            NotAllowedError: the actor may not change people.
            BadConsentError: a field cannot be used.
            UnknownPersonError: nobody ever had the id.
        """
        require("people:write")
        for name, value in (("channel", channel), ("purpose", purpose), ("source", source)):
            if not 0 < len(value) <= LONGEST or not value.isprintable():
                raise BadConsentError(field=name, value=value[:LONGEST], least=1, most=LONGEST)
        if len(proof) > LONGEST_PROOF:
            raise BadConsentError(field="proof", value=proof[:LONGEST], least=0, most=LONGEST_PROOF)
        said = Consent(channel, purpose, granted, since or self._clock.now(), source, proof)
        with self._ops.session() as session:
            if not living_all(session, np.array([person], dtype=np.int64))[0]:
                raise UnknownPersonError(person=person)
            session.execute(insert(ConsentTable).values(person=person, **vars(said)))
            after = {"channel": channel, "purpose": purpose, "granted": granted}
            record(session, "consent.say", str(person), after=after)
        return said

    def history(self, person: int) -> tuple[Consent, ...]:
        """Give all that a person said under any number the person has had, the oldest first."""
        columns = [getattr(ConsentTable, name) for name in Consent.__dataclass_fields__]
        with self._ops.reading() as session:
            own = select(DistinctIdTable.own_id).where(DistinctIdTable.person_id == person)
            later = select(IdSpanTable.number).where(IdSpanTable.person_id == person)
            theirs = or_(ConsentTable.person == person, ConsentTable.person.in_(own), ConsentTable.person.in_(later))
            query = select(*columns).where(theirs).order_by(ConsentTable.since, ConsentTable.id)
            return tuple(Consent(*row) for row in session.execute(query))

    def newest(self) -> int:
        """Give a number that grows whenever somebody says something; 0 before anybody did."""
        with self._ops.reading() as session:
            return session.scalar(select(func.max(ConsentTable.id))) or 0

    def consents(self, channel: str, purpose: str, before: datetime) -> TraitValues:
        """Give what everybody who said anything said last before a moment, as the people they are now.

        Returns:
            ``numbers`` are 1 for yes and 0 for no; ``texts`` are ``true`` and ``false``.
        """
        asked = (ConsentTable.channel == channel) & (ConsentTable.purpose == purpose) & (ConsentTable.since < before)
        query = select(ConsentTable.person, ConsentTable.granted).where(asked).order_by(ConsentTable.since, ConsentTable.id)
        with self._ops.reading() as session:
            person, granted = read_columns(session, query, pa.int64(), pa.int8())
            now = living_all(session, person.to_numpy())
        people, said = _last_of_each(now, granted.to_numpy())
        return TraitValues(people, pa.array(np.where(said == 1, "true", "false")).cast(pa.string()), said.astype(np.float64))

    def addresses(self, channel: str) -> tuple[str, ...]:
        """Give the traits that hold an address for a channel: known ones, or for another channel the trait of its name."""
        return ADDRESSES.get(channel, (channel,))


def _last_of_each(people: NDArray[np.int64], said: NDArray[np.int8]) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Give each living person once, ascending, with what was said last."""
    each, places = np.unique(people[::-1], return_index=True)
    last = said[::-1][places]
    return each[each > 0], last[each > 0]
