"""What waits to be stored, in order, with a bound on what may wait of it after it was answered."""

from __future__ import annotations

import threading
import time
from collections import deque
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from finegrain.collect.pipeline.loops import on_loop

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence

    from finegrain.collect.pipeline.budget import Budget
    from finegrain.collect.pipeline.waiting import Waiting

GROUP_EVENTS = 10_000
"""Events after which a group is stored, whatever else waits: one commit of so many takes about a quarter of a second."""
EARLY_EVENTS = 2 * GROUP_EVENTS
"""Events that may wait though their senders were answered: one group that is being stored, and the next."""
EARLY_BYTES = 33_554_432
"""Bytes of requests that may wait likewise, and not more than a quarter of what may wait at all."""
GATHER_S, GATHER_EVENTS = 0.2, 2_000
"""How long a commit waits for more where no sender waits for it, and with how many events it waits no longer."""
_AGAIN_S = 1.0
_GLANCE_S = 0.02


class Backlog:
    """Requests that wait; safe to use from any thread, waited for by one.

    Args:
        budget: of which those that were answered keep their bytes until they are stored.

    Attributes:
        is_closed: whether nothing more is taken in.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.is_closed = False
        self._wake = threading.Condition()
        self._waiting: deque[Waiting] = deque()
        self._events = self._senders = 0
        self._early_events = self._early_bytes = 0
        self._most_bytes = min(EARLY_BYTES, budget.limit // 4)
        self._arrived = self._given_up = False
        self._under_way = 0
        self._gates: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    def put(self, waiting: Waiting) -> bool:
        """Take in a request; false when nothing more is taken in."""
        with self._wake:
            if self.is_closed:
                return False
            self._count(waiting, 1)
            self._count_early(waiting, 1)
            self._waiting.append(waiting)
            self._arrived = True
            self._wake.notify()
            return True

    def is_idle(self) -> bool:
        """Say whether a request would be stored at once."""
        return not self._under_way and not self._waiting

    async def room(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Say whether one more request may be answered early; where it may not, say so after the next group was tried."""
        with self._wake:
            if self.is_closed or (self._early_events < EARLY_EVENTS and self._early_bytes < self._most_bytes):
                return not self.is_closed
            gate: asyncio.Future[None] = loop.create_future()
            self._gates.append((loop, gate))
        await gate
        return False

    def wait(self, *, refusing: bool) -> bool:
        """Wait for something to store; false when there is nothing, or it was refused, and nothing more is taken in.

        Args:
            refusing: the stores refused what was taken last; it is time again when more arrives, or after a second.
        """
        with self._wake:
            self._wake.wait_for(lambda: self._waiting or (self.is_closed and not self._under_way))
            if refusing:
                self._wake.wait_for(lambda: self._arrived or self.is_closed, _AGAIN_S)
            self._arrived = False
            return bool(self._waiting) and not self._given_up

    def gather(self, seconds: float) -> None:
        """Let more arrive: for so many seconds where a sender waits, longer where all were answered and there is little."""
        time.sleep(seconds)
        until = time.monotonic() + GATHER_S
        while not self.is_closed and not self._senders and self._events < GATHER_EVENTS and time.monotonic() < until:
            time.sleep(_GLANCE_S)

    def take(self) -> list[Waiting]:
        """Take the requests of the next group."""
        group: list[Waiting] = []
        events = 0
        with self._wake:
            while self._waiting and (not group or events + len(self._waiting[0].rows) <= GROUP_EVENTS):
                group.append(self._waiting.popleft())
                self._count(group[-1], -1)
                events += len(group[-1].rows)
                group[-1].tries += 1
                group[-1].is_last_try = self.is_closed
            self._under_way += len(group)
        return group

    def take_senders(self) -> list[Waiting]:
        """Take, out of turn, the requests whose senders wait for the commit."""
        with self._wake:
            senders = [waiting for waiting in self._waiting if waiting.entry is None]
            self._waiting = deque(waiting for waiting in self._waiting if waiting.entry is not None)
            for waiting in senders:
                self._count(waiting, -1)
            self._under_way += len(senders)
        return senders

    def take_all(self) -> list[Waiting]:
        """Take everything, where nothing is to be stored any more."""
        with self._wake:
            rest, self._waiting = list(self._waiting), deque()
        self._open_gates()
        return rest

    def settle(self, group: Sequence[Waiting]) -> None:
        """Let go of what was taken and tried; what was answered and is not stored comes first again."""
        with self._wake:
            self._under_way -= len(group)
            self._wake.notify()
            for waiting in reversed(group):
                if waiting.entry is not None and not waiting.entry.stored:
                    self._waiting.appendleft(waiting)
                    self._count(waiting, 1)
                    self._given_up |= waiting.is_last_try
                else:
                    self._count_early(waiting, -1)
        self._open_gates()

    def close(self) -> None:
        """Take in nothing more."""
        with self._wake:
            self.is_closed = True
            self._wake.notify()

    def _count(self, waiting: Waiting, sign: int) -> None:
        self._events += sign * len(waiting.rows)
        self._senders += sign * (waiting.entry is None)

    def _count_early(self, waiting: Waiting, sign: int) -> None:
        if waiting.entry is not None:
            self._early_events += sign * len(waiting.rows)
            self._early_bytes += sign * len(waiting.entry.record)
            self._budget.keep(sign * len(waiting.entry.record))

    def _open_gates(self) -> None:
        with self._wake:
            gates, self._gates = self._gates, []
        for loop, part in groupby(gates, key=itemgetter(0)):
            on_loop(loop, _open, [gate for _, gate in part])


def _open(gates: Sequence[asyncio.Future[None]]) -> None:
    for gate in gates:
        if not gate.done():
            gate.set_result(None)
