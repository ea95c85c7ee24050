"""Which events are no deeds of a person, by name: messages to the person, and what the system itself found out."""

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
OWN_EVENTS = ("Segment Entered", "Segment Left", "Tier Changed")
"""Events that the system itself writes. They are asked for by name: any event (``*``) leaves them out."""
_OWN = "segment_entered|segment_left|tier_changed"
OF_MESSAGE = rf"{_KINDS}(sent|delivered|received|bounced|failed|dropped|deferred|suppressed|withheld|opened)|{_APP_PUSH}|{_OWN}"
"""Regular expression (RE2) of whole names, folded, that are no deed of the person; see ``is_of_message``."""
_TOLD = re.compile(OF_MESSAGE)

_CLICKED = re.compile(rf"{_KINDS}(link_)?(clicked|tapped)|\$?app_?push_?click(ed)?")
_FATES = {
    "sent": re.compile(rf"{_KINDS}sent"),
    "delivered": _ARRIVED,
    "opened": re.compile(rf"{_KINDS}opened"),
    "clicked": _CLICKED,
}
_CHANNELS = {"email": "email", "sms": "sms", "mms": "sms", "push": "push", "notification": "push", "wechat": "wechat"}


def is_message(name: str) -> bool:
    """Say whether an event is a message that reached the person.

    Examples:
        >>> [name for name in ("Email Delivered", "push_received", "Email Opened", "Order Completed") if is_message(name)]
        ['Email Delivered', 'push_received']
    """
    return _ARRIVED.fullmatch(folded(name)) is not None


def is_of_message(name: str) -> bool:
    """Say whether an event shows no activity: it tells what became of a message to the person, or is one of ``OWN_EVENTS``.

    An opened message counts among them: mail programs open messages by themselves, and who gets more messages would seem to be
    more active for that alone. A click is activity.

    Examples:
        >>> [name for name in ("Message Sent", "Email Opened", "Email Link Clicked", "Tier Changed") if is_of_message(name)]
        ['Message Sent', 'Email Opened', 'Tier Changed']
    """
    return _TOLD.fullmatch(folded(name)) is not None


def messages_among(names: Sequence[str]) -> NDArray[np.bool_]:
    """Say of each event name whether it is one of ``is_of_message``, ``(n_names,) bool``, read-only."""
    found = np.array([is_of_message(name) for name in names], dtype=np.bool_)
    found.flags.writeable = False
    return found


def fate_of(name: str) -> str:
    """Give what an event tells of a message to the person: ``sent``, ``delivered``, ``opened``, ``clicked``; empty for none.

    Examples:
        >>> [fate_of(name) for name in ("Message Sent", "push_received", "Email Link Clicked", "Order Completed")]
        ['sent', 'delivered', 'clicked', '']
    """
    return next((fate for fate, names in _FATES.items() if names.fullmatch(folded(name))), "")


def channel_of(name: str) -> str:
    """Give the channel that is in the name of a message's event; empty for one whose name holds none.

    Examples:
        >>> [channel_of(name) for name in ("Email Opened", "$AppPushReceived", "Message Delivered")]
        ['email', 'push', '']
    """
    said = folded(name)
    return next((channel for word, channel in _CHANNELS.items() if word in said), "")


def folded(name: str) -> str:
    """Give a name as it is compared: in lower case, with underscores for spaces."""
    return name.lower().replace(" ", "_")
