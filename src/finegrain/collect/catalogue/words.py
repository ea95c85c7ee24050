"""The words for what values are, as tables name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.i18n import N_

if TYPE_CHECKING:
    from finegrain.collect.catalogue.contract import ValueKind

KIND_NAMES: dict[ValueKind, str] = {
    "text": N_("text"),
    "time": N_("time"),
    "number": N_("number"),
    "boolean": N_("true or false"),
    "list": N_("list"),
    "object": N_("object"),
    "null": N_("empty"),
}
