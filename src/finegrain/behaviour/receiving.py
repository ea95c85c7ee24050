"""Which events are messages to a person, by name: they happen to the person, who need not be there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_KINDS = r"(message|email|sms|mms|push|push_?notification|notification|wechat_?message)_?"
_APP_PUSH = r"push_?received|\$?app_?push_?(received|delivered)"
_ARRIVED = re.compile(rf"{_KINDS}(delivered|received)|{_APP_PUSH}")
OF_MESSAGE = rf"{_KINDS}(sent|delivered|received|bounced|failed|dropped|deferred|suppressed|withheld|opened)|{_APP_PUSH}"
"""Regular expression (RE2) of whole names, folded, that tell what became of a message; see ``is_of_message``."""
_TOLD = re.compile(OF_MESSAGE)


def is_message(name: str) -> bool:
    """Say whether an event is a message that reached the person.

    Examples:
        >>> [name for name in ("Email Delivered", "push_received", "Email Opened", "Order Completed") if is_message(name)]
        ['Email Delivered', 'push_received']
    """
    return _ARRIVED.fullmatch(folded(name)) is not None


def is_of_message(name: str) -> bool:
    """Say whether an event tells what became of a message to the person, so that it shows no activity.

    An opened message counts among them: mail programs open messages by themselves, and who gets more messages would seem to be
    more active for that alone. A click is activity.

    Examples:
        >>> [name for name in ("Message Sent", "Email Opened", "Email Link Clicked", "Page Viewed") if is_of_message(name)]
        ['Message Sent', 'Email Opened']
    """
    return _TOLD.fullmatch(folded(name)) is not None


def messages_among(names: Sequence[str]) -> NDArray[np.bool_]:
    """Say of each event name whether it is one of ``is_of_message``, ``(n_names,) bool``, read-only."""
    found = np.array([is_of_message(name) for name in names], dtype=np.bool_)
    found.flags.writeable = False
    return found


def folded(name: str) -> str:
    """Give a name as it is compared: in lower case, with underscores for spaces."""
    return name.lower().replace(" ", "_")
