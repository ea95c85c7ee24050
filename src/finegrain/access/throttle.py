"""Slows down who guesses passwords: after some failures for a name or from an address, logins wait longer and longer."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from finegrain.access.errors import LoginThrottledError

if TYPE_CHECKING:
    from datetime import datetime

    from finegrain.clock import Clock

FREE_FAILURES = {"name": 5, "address": 20}
"""Failures without a wait; many people may share one address."""

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
MOST_KEYS = 50_000


class _Failures(NamedTuple):
    times: int
    last: datetime


class LoginThrottle:
    """Counts failed logins by name and by address, in memory and bounded.

    Names that do not exist are counted like others, so that a wait tells nothing about them.

    Args:
        clock: where the time comes from.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, name: str, address: str) -> None:
        """Let a login be tried, or refuse it.

        Raises:
            LoginThrottledError: it has to wait.
        """
        now = self._clock.now()
        with self._lock:
            wait = max(self._wait(key, now) for key in _keys(name, address))
        if wait > timedelta(0):
            raise LoginThrottledError(retry_s=int(wait.total_seconds()) + 1)

    def failed(self, name: str, address: str) -> None:
        """Count a failure."""
        now = self._clock.now()
        with self._lock:
            for key in _keys(name, address):
                known = self._failures.pop(key, None)
                count = known.times if known and now - known.last < FORGOTTEN_AFTER else 0
                self._failures[key] = _Failures(count + 1, now)
            while len(self._failures) > MOST_KEYS:
                self._failures.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """Forget the failures of a name; those of the address stay, or one account would serve to guess the others."""
        with self._lock:
            self._failures.pop(("name", name.casefold()), None)

    def _wait(self, key: tuple[str, str], now: datetime) -> timedelta:
        known = self._failures.get(key)
        beyond = known.times - FREE_FAILURES[key[0]] if known else -1
        if known is None or beyond < 0 or now - known.last >= FORGOTTEN_AFTER:
            return timedelta(0)
        wait: timedelta = min(FIRST_WAIT * 2 ** min(beyond, 20), LONGEST_WAIT)
        return known.last + wait - now


def _keys(name: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("name", name.casefold()), ("address", address)
