"""The language of the browser that is being answered, in page builders, event handlers and background work alike."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from nicegui import run
from nicegui.slot import Slot, get_task_id
from nicegui.storage import request_contextvar

from finegrain.access.acting import acting_as, current_actor
from finegrain.console.preferences import chosen_language
from finegrain.i18n import Language, current_language, speaking

if TYPE_CHECKING:
    from collections.abc import Callable

    from nicegui import Client

P = ParamSpec("P")
T = TypeVar("T")

TAGS: dict[Language, str] = {"en": "en-US", "zh_CN": "zh-CN"}
"""BCP 47 tags of our languages, as ``<html lang>``, Quasar and ``Intl`` take them."""

OTHER: dict[Language, tuple[Language, str]] = {"en": ("zh_CN", "中文"), "zh_CN": ("en", "English")}
"""The language that each can be exchanged for, and its own name."""

_KEY = "finegrain_language"


def fix_language(client: Client) -> None:
    """Let ``client`` be answered in its user's language for as long as its page is open."""
    client.storage[_KEY] = chosen_language()


def client_language() -> Language | None:
    """Give the language of the page or request that is being answered now; None outside of both."""
    # ``context.client`` would make up a client where there is none; looking at the stack does not.
    stack = Slot.stacks.get(get_task_id())
    if stack and (fixed := stack[-1].parent.client.storage.get(_KEY)):
        return fixed  # type: ignore[no-any-return]
    return chosen_language() if request_contextvar.get() is not None else None


def language_tag() -> str:
    """Give the BCP 47 tag of the current language."""
    return TAGS[current_language()]


async def work(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``function`` in a thread, off the event loop, in the current language and for whom acts now, and give its result.

    Raises:
        CancelledError: nobody waits for the result any more, or the server stops.
    """
    language, actor = current_language(), current_actor()

    results: list[T] = []

    def speak() -> None:
        with speaking(language), acting_as(actor):
            results.append(function(*args, **kwargs))

    await run.io_bound(speak)
    if not results:  # NiceGUI swallows the cancelling of whoever waits, and runs nothing while the server stops
        raise asyncio.CancelledError
    return results[0]
