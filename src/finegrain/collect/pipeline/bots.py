"""Labels what robots send, by their user agent."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BOT_PROPERTY = "$bot"
"""The property that marks an event as a robot's."""

AGENT_PROPERTIES = ("userAgent", "$user_agent", "$raw_user_agent", "user_agent")
"""Properties that hold the user agent of the person's browser, the best first."""

CONTEXTS = ("$context", "context")
"""Properties that hold Segment's context; where a client has a property named ``context``, that of Segment is ``$context``."""

_SAYING = frozenset({*AGENT_PROPERTIES, CONTEXTS[0]})
_ROBOT = re.compile(
    r"bot\b|bot[/;_-]|crawl|spider|slurp|headless|lighthouse|pagespeed|phantomjs|puppeteer|playwright|selenium|webdriver"
    r"|pingdom|uptime|statuscake|site24x7|gtmetrix|facebookexternalhit|bingpreview|mediapartners|feedfetcher|preview"
    r"|bytespider|yisou|sogou web|360spider|archiver|scrapy|nutch|monitoring",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def is_robot(user_agent: str) -> bool:
    """Say whether ``user_agent`` names a robot: a crawler, a monitor, or a browser that is driven by a program.

    Programs that send for people, such as ``python-requests``, are none.

    Examples:
        >>> is_robot("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
        True
        >>> is_robot("Mozilla/5.0 (Linux; Android 9; CUBOT X19) Chrome/120 Mobile"), is_robot("analytics-python/2.3")
        (False, False)
    """
    return bool(_ROBOT.search(user_agent.replace("CUBOT", "")))


def any_robot(events: Iterable[Mapping[str, Any]], request_agent: str) -> bool:
    """Say whether a robot stands behind any of some events, given by their properties; most of them share a context.

    The context of a request's events is one object where it was sent alike, and is looked at once.
    """
    asked: set[int] = set()
    for properties in events:
        own = not properties.keys().isdisjoint(_SAYING)
        context = id(properties.get(CONTEXTS[1]))
        if own or context not in asked:
            if is_robot(agent_of(properties, request_agent)):
                return True
            if not own:
                asked.add(context)
    return False


def agent_of(properties: Mapping[str, Any], request_agent: str) -> str:
    """Give the user agent that stands behind an event: its own property, that of its context, else that of the request."""
    if not properties.keys().isdisjoint(AGENT_PROPERTIES):
        for name in AGENT_PROPERTIES:
            value = properties.get(name)
            if isinstance(value, str) and value:
                return value
    for name in CONTEXTS:
        context = properties.get(name)
        if isinstance(context, dict):
            value = context.get(AGENT_PROPERTIES[0])
            if isinstance(value, str) and value:
                return value
    return request_agent
