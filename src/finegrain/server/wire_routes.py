"""Which path takes which format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.collect.wire import posthog, segment, sensors
from finegrain.server.collecting import Route

if TYPE_CHECKING:
    from collections.abc import Mapping

_SEGMENT = ("identify", "track", "page", "screen", "group", "alias", "batch", "import", "i", "t", "p", "s", "g", "a", "b", "m")
_SENSORS = ("sa", "sa.gif", "debug")
_POSTHOG = ("/batch", "/i/v0/e", "/capture", "/e")


def wire_routes() -> Mapping[str, Route]:
    """Give the paths to which the vendors' SDKs send, without a slash at the end.

    神策's servers stand behind prefixes of the site's choice, so only the last part of such a path tells them.
    """
    routes = {f"/v1/{call}": Route("segment", segment.decode) for call in _SEGMENT}
    routes |= {path: Route("posthog", posthog.decode, takes_get=True) for path in _POSTHOG}
    return routes | {f"*/{last}": Route("sensors", sensors.decode, takes_get=True) for last in _SENSORS}
