"""What to do about a refused item, reason by reason."""

from __future__ import annotations

from finegrain.i18n import N_, _

_ADVICE: dict[str, str] = {
    "no_person": N_("Send userId or anonymousId (distinct_id in 神策's and PostHog's SDKs). Without one nobody can be credited."),
    "id_too_long": N_("Send the id of the person itself, not a token or a whole record."),
    "no_event": N_("Give the call a name, such as Product Viewed."),
    "name_too_long": N_("Put what varies into properties; names should be few and short."),
    "bad_time": N_("Correct the clock or the format in the SDK; once finegrain reads the format, replay."),
    "bad_properties": N_("Send properties as one object of names and values."),
    "bad_trait": N_("Send a number to increase by, a list to append, and names to remove."),
    "unknown_type": N_("Update the SDK, or correct the hand-made call."),
    "no_link": N_("Send both ids: the one so far and the one from now on."),
    "no_item": N_("Send the type and the id of the catalogue item."),
    "not_an_object": N_("Send each item of a batch as one object."),
    "broken_item": N_("What was sent is damaged: look at the code that writes it. A replay will not help."),
    "item_too_large": N_("Send less with each event; files and texts belong elsewhere."),
    "item_too_deep": N_("Flatten the properties before they are sent."),
    "too_many": N_("Send smaller batches. Replay stores what was left out."),
    "plan_violation": N_("Correct what the app sends, or the tracking plan; then replay."),
    "unwritable": N_("Look for values such as NaN, or texts that are no text, in the properties."),
}


def advice(reason: str) -> str:
    """Give the sentence for ``reason`` in the reader's language; empty for one that is not known."""
    return _(_ADVICE[reason]) if reason in _ADVICE else ""
