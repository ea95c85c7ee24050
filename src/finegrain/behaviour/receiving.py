"""Which events are messages to a person, by name: they happen to the person, who need not be there."""

from __future__ import annotations

import re

_KINDS = r"(message|email|sms|mms|push|push_?notification|notification|wechat_?message)_?"
_APP_PUSH = r"push_?received|\$?app_?push_?(received|delivered)"
_ARRIVED = re.compile(rf"{_KINDS}(delivered|received)|{_APP_PUSH}")
_TOLD = re.compile(rf"{_KINDS}(sent|delivered|received|bounced|failed|dropped|deferred|suppressed|withheld|opened)|{_APP_PUSH}")


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


def folded(name: str) -> str:
    """Give a name as it is compared: in lower case, with underscores for spaces."""
    return name.lower().replace(" ", "_")
