"""How much may wait: a bound on the bytes of all requests between the socket and their commit, answered or not."""

from __future__ import annotations

import threading

from finegrain.collect.pipeline.errors import OverloadedError

RETRY_S = 1
"""Seconds after which a sender that was turned away may try again."""


class Budget:
    """A number of bytes that requests take and give back; safe between threads.

    Args:
        limit: bytes that may be taken at once.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.taken = 0
        self._lock = threading.Lock()

    def take(self, amount: int) -> None:
        """Take ``amount`` bytes.

        Raises:
            OverloadedError: there are not so many left; none were taken.
        """
        with self._lock:
            if self.taken + amount > self.limit:
                raise OverloadedError(waiting=self.taken, limit=self.limit, retry_s=RETRY_S)
            self.taken += amount

    def keep(self, amount: int) -> None:
        """Take ``amount`` bytes that were taken in already, by somebody who gives them back; there is always room for these."""
        with self._lock:
            self.taken += amount

    def give_back(self, amount: int) -> None:
        """Give ``amount`` bytes back."""
        with self._lock:
            self.taken -= amount
