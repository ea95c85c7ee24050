"""What the overview shows of a new workspace: how to begin."""

from __future__ import annotations

from nicegui import ui

from finegrain.console.widgets.cards import card
from finegrain.console.widgets.states import button_link
from finegrain.i18n import N_, _

_STEPS = (
    (
        N_("Bring orders, or connect an SDK"),
        N_("A file as it is, or the Segment, Sensors Data or PostHog SDK that your app has already."),
    ),
    (N_("See who your people are"), N_("Everybody is sorted into tiers: by value, activity, frequency and life-cycle stage.")),
    (N_("Find whom to care for"), N_("Every number opens the list of the people behind it, with the reason why each is there.")),
)
_DEMO = "finegrain --home demo-shop demo\nfinegrain --home demo-shop serve --port 8001"


def show_newcomer() -> None:
    """Teach the first step: import a file, connect an SDK, or look at the demo shop."""
    with card(classes="fg-newcomer"):
        ui.label(_("Nothing here yet: bring your first data")).classes("fg-newcomer-title").props("role=heading aria-level=2")
        with ui.element("ol").classes("fg-steps"):
            for place, (title, text) in enumerate(_STEPS, 1):
                _step(place, _(title), _(text))
        with ui.element("div").classes("fg-actions"):
            button_link(_("Import data"), "/import", icon="upload_file")
            button_link(_("Connect an SDK"), "/data/sources", icon="cable", primary=False)
    with card(_("No file at hand?"), hint=_("A demo shop with 20,000 simulated people, in a folder of its own")):
        ui.label(_DEMO).classes("fg-code").props('tabindex="0"')


def _step(place: int, title: str, text: str) -> None:
    with ui.element("li"):
        ui.label(str(place)).classes("fg-step-number").props('aria-hidden="true"')
        ui.label(title).classes("fg-step-title")
        ui.label(text).classes("fg-hint")
