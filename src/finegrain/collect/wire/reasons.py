"""Why an item is refused: a stable word, and a sentence with the value."""

from __future__ import annotations

from finegrain.i18n import N_, _

_SENTENCES: dict[str, str] = {
    "no_person": N_("The item names no person: {fields} is missing, empty, or a word such as “null” that identifies nobody."),
    "id_too_long": N_("The id “{value}” is longer than {limit} characters."),
    "no_event": N_("The item names no event: “{field}” must be a text that is not empty."),
    "name_too_long": N_("The event name “{value}” is longer than {limit} characters."),
    "bad_time": N_("“{value}” cannot be read as a time after 1900; send ISO 8601 or milliseconds since 1970."),
    "bad_properties": N_("“{field}” is not a JSON object, but {value}."),
    "bad_trait": N_("“{value}” cannot be used to {action} the trait “{field}”."),
    "unknown_type": N_("There is no type “{value}”; allowed are {allowed}."),
    "no_link": N_("The item links two ids, and {fields} is missing, empty or unusable."),
    "no_item": N_("The item has no {fields}."),
    "not_an_object": N_("The item is not a JSON object, but {value}."),
    "broken_item": N_("The item is not readable JSON in UTF-8."),
    "item_too_large": N_("The item is larger than {limit} bytes."),
    "item_too_deep": N_("Objects and lists of the item lie in each other more than {limit} deep."),
    "too_many": N_("The item stands after the first {limit} of its batch; send smaller batches."),
}
REASONS: tuple[str, ...] = tuple(_SENTENCES)
"""All reasons; they are stable, programs may rely on them."""
_NAMES: dict[str, str] = {
    "no_person": N_("no person"),
    "id_too_long": N_("id too long"),
    "no_event": N_("no event name"),
    "name_too_long": N_("event name too long"),
    "bad_time": N_("unreadable time"),
    "bad_properties": N_("unreadable properties"),
    "bad_trait": N_("unusable trait"),
    "unknown_type": N_("unknown type"),
    "no_link": N_("second id missing"),
    "no_item": N_("no catalogue item"),
    "not_an_object": N_("not an object"),
    "broken_item": N_("broken JSON"),
    "item_too_large": N_("item too large"),
    "item_too_deep": N_("nested too deep"),
    "too_many": N_("too many items"),
    "plan_violation": N_("against the tracking plan"),
}
_SHOWN = 100


class Refused(Exception):  # noqa: N818 - not an error of the program: it ends the reading of one item
    """An item cannot be stored.

    Args:
        reason: one of ``REASONS``.
        **facts: what the sentence names.
    """

    def __init__(self, reason: str, **facts: object) -> None:
        self.reason = reason
        self.facts = facts
        super().__init__(reason)

    def detail(self) -> str:
        """Give the sentence in the reader's language."""
        return _(_SENTENCES[self.reason], **{name: _short(value) for name, value in self.facts.items()})


def reason_name(reason: str) -> str:
    """Give the short name of ``reason`` in the reader's language, for tables and chips."""
    return _(_NAMES.get(reason, reason))


def _short(value: object) -> str:
    text = str(value).encode("utf-8", "replace").decode()
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
