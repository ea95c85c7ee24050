"""Sends the people of a segment to another server, in signed pages."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from finegrain.access.acting import require
from finegrain.access.recording import record
from finegrain.audience.sending.errors import NoSendingSecretError, SendFailedError
from finegrain.audience.sending.posting import Poster
from finegrain.audience.sending.signing import SECRET_BYTES, secret_of, signature

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from finegrain.access.vault import Vault
    from finegrain.audience.segments.service import SegmentService
    from finegrain.clock import Clock
    from finegrain.people.contract import Person
    from finegrain.people.service import PeopleService
    from finegrain.store.ops import OpsStore

SECRET = "segments.webhook"  # noqa: S105 - the name under which it is kept
PAGE_PEOPLE = 500


@dataclass(frozen=True)
class SendResult:
    """What was sent.

    Attributes:
        segment: the segment's name.
        as_of: the moment as of which; aware, in UTC.
        people: how many people.
        pages: in how many pages.
    """

    segment: str
    as_of: datetime
    people: int
    pages: int

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {**vars(self), "as_of": self.as_of.isoformat()}


class SendingService:
    """Sends segments. Safe to use from several threads.

    Args:
        ops: where it is recorded.
        vault: where the secret is kept.
        people: what is known of people.
        segments: who is in which.
        clock: where the time comes from.
        present: gives the moment for which figures are shown.
        allow_private: whether servers of our own network may be called.
        sleep: waits so many seconds between tries.
    """

    def __init__(
        self,
        ops: OpsStore,
        vault: Vault,
        people: PeopleService,
        segments: SegmentService,
        *,
        clock: Clock,
        present: Callable[[], datetime],
        allow_private: bool,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._ops = ops
        self._vault = vault
        self._people = people
        self._segments = segments
        self._clock = clock
        self._present = present
        self._allow_private = allow_private
        self._sleep = sleep

    def new_secret(self) -> str:
        """Make the secret with which pages are signed, in the place of the one before; it is shown this once.

        Raises:
            NotAllowedError: the actor is no administrator.
        """
        made = secret_of(secrets.token_bytes(SECRET_BYTES))
        self._vault.put(SECRET, made)
        return made

    def send(self, segment: str, url: str, *, traits: Sequence[str] = (), as_of: datetime | None = None) -> SendResult:
        """Post the people of a segment to an address, 500 a page; nobody at all is one page.

        Each page is a JSON object with ``segment``, ``as_of``, ``page``, ``pages``, ``total`` and ``people``, each of whom has
        ``person_id``, ``id``, ``distinct_ids`` and ``traits``. It is signed by Standard Webhooks, and its ``webhook-id`` is the
        same whenever the same page is sent. A server that cannot be reached or is busy is tried five times within 15 seconds;
        redirects are not followed.

        Args:
            segment: its name.
            url: ``http`` or ``https``; not in our own network, unless the setting ``webhook_private`` allows it.
            traits: which traits go along; those that a person has.
            as_of: of a rule, only what happened before this moment counts; aware. By default the present.

        Raises:
            NotAllowedError: the actor may not see personal data, or not run strategies.
            ForbiddenAddressError: the address may not be called.
            UnknownSegmentError: there is no such segment.
            NoSendingSecretError: there is no secret yet.
            SendFailedError: the server did not take a page; those before it were sent.
        """
        require("people:read")
        require("strategy:write")
        poster = Poster(url, allow_private=self._allow_private, sleep=self._sleep)
        secret, moment = self._vault.get(SECRET), as_of or self._present()
        members = self._segments.members(segment, moment)
        if secret is None:
            raise NoSendingSecretError
        starts = range(0, max(1, len(members)), PAGE_PEOPLE)
        for page, start in enumerate(starts, 1):
            people = self._people.many(members[start : start + PAGE_PEOPLE])
            facts = {"segment": segment, "as_of": moment.isoformat(), "page": page, "pages": len(starts), "total": len(members)}
            body = json.dumps({**facts, "people": [_told(one, traits) for one in people]}, ensure_ascii=False).encode()
            reason = poster.post(body, partial(self._signed, secret, body))
            if reason:
                raise SendFailedError(host=urlsplit(url).hostname, page=page, pages=len(starts), reason=reason)
        with self._ops.session() as session:
            record(session, "segment.send", segment, after={"people": len(members), "to": urlsplit(url).hostname})
        return SendResult(segment, moment, len(members), len(starts))

    def _signed(self, secret: str, body: bytes) -> dict[str, str]:
        message_id = "page_" + hashlib.sha256(body).hexdigest()[:32]
        timestamp = int(self._clock.now().timestamp())
        signed = signature(secret, message_id, timestamp, body)
        return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signed}


def _told(person: Person, traits: Sequence[str]) -> dict[str, Any]:
    chosen = {name: person.traits[name] for name in traits if name in person.traits}
    return {"person_id": person.id, "id": person.display_id, "distinct_ids": list(person.distinct_ids), "traits": chosen}
