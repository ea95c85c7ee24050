"""The parts of the wizard about people and days: for whom the goal is, how long it goes, and who answers for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.parts.base import labelled
from finegrain.console.pages.goals.draft import SEGMENT, TIER
from finegrain.console.pages.goals.editing import read_day
from finegrain.console.pages.goals.sections import section
from finegrain.console.widgets.pickers import segmented
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.console.pages.analysis.catalogue import Catalogue
    from finegrain.console.pages.goals.draft import GoalDraft

LENGTHS = (7, 14, 30, 90)


class WhomPart:
    """Whom the goal is for.

    Args:
        draft: is changed in place.
        catalogue: gives tiers and segments.
        on_edit: is called after each change by the user.
    """

    def __init__(self, draft: GoalDraft, catalogue: Catalogue, on_edit: Callable[[], object]) -> None:
        self._draft, self._on_edit = draft, on_edit
        tiers = {TIER + key: text for key, text in catalogue.tiers.items()}
        segments = {SEGMENT + name: _("Segment · {name}", name=text) for name, text in catalogue.segments.items()}
        options = {**tiers, **segments}
        if draft.whom:
            options.setdefault(draft.whom, draft.whom.partition(":")[2])
        with section(1, _("For whom")):
            people = ui.select(
                options, value=draft.whom or None, with_input=True, on_change=lambda event: self._chosen(event.value)
            )
            people.props["aria-label"] = _("A tier or a segment")
            people.props["placeholder"] = "" if draft.whom else _("A tier or a segment")
            self._people = people
            kinds = {"frozen": _("The same people throughout"), "live": _("Whoever is in it each day")}
            segmented(kinds, "frozen" if draft.frozen else "live", self._kind, label=_("Which people"))
            self._help = ui.label(_help(frozen=draft.frozen)).classes("fg-hint").props("aria-live=polite")

    def _chosen(self, whom: str | None) -> None:
        self._draft.whom = whom or ""
        self._people.props["placeholder"] = "" if whom else _("A tier or a segment")
        self._on_edit()

    def _kind(self, key: str) -> None:
        self._draft.frozen = key == "frozen"
        self._help.text = _help(frozen=self._draft.frozen)
        self._on_edit()


def _help(*, frozen: bool) -> str:
    if frozen:
        return _("The list of people is kept as it is when the goal begins, so that nobody is chosen by what the goal counts.")
    return _("People come and go: a day’s value is of those who are in it at the end of that day.")


class DaysPart:
    """The first and the last day.

    Args:
        draft: is changed in place.
        on_edit: is called after each change by the user.
    """

    def __init__(self, draft: GoalDraft, on_edit: Callable[[], object]) -> None:
        self._draft, self._on_edit = draft, on_edit
        lengths = {str(days): ngettext("{n} day", "{n} days", days) for days in LENGTHS}
        with section(3, _("Which days"), _("7 to 366 days, both included")), ui.element("div").classes("fg-goal-line"):
            with labelled(_("First day")):
                self._first = ui.date_input(value=draft.first, on_change=lambda event: self._put("first", event.value))
                self._first.props("outlined dense").props["aria-label"] = _("First day")
            with labelled(_("Last day")):
                self._last = ui.date_input(value=draft.last, on_change=lambda event: self._put("last", event.value))
                self._last.props("outlined dense").props["aria-label"] = _("Last day")
            self._lengths = segmented(lengths, self._length(), self._long, label=_("How long"))

    def _put(self, field: str, text: str | None) -> None:
        if text != getattr(self._draft, field):
            setattr(self._draft, field, text or "")
            self._lengths.value = self._length()
            self._on_edit()

    def _length(self) -> str | None:
        first, last = read_day(self._draft.first), read_day(self._draft.last)
        days = (last - first).days + 1 if first and last else 0
        return str(days) if days in LENGTHS else None

    def _long(self, days: str) -> None:
        first = read_day(self._draft.first)
        if first:
            self._last.value = (first + timedelta(days=int(days) - 1)).isoformat()


class AnswerPart:
    """What the goal may cost, who answers for it, what it is called, and anything else.

    Args:
        draft: is changed in place.
        on_edit: is called after each change by the user.
    """

    def __init__(self, draft: GoalDraft, on_edit: Callable[[], object]) -> None:
        self._draft, self._on_edit = draft, on_edit
        with section(5, _("Who answers for it"), _("all of it may stay empty")), ui.element("div").classes("fg-ask-row"):
            with labelled(_("Owner")):
                owner = ui.input(value=draft.owner, on_change=lambda event: self._put("owner", event.value)).props(
                    "maxlength=100"
                )
                owner.props["aria-label"] = _("Owner")
            with labelled(_("Budget")):
                budget = ui.number(
                    value=draft.budget, suffix=workspace().currency, on_change=lambda event: self._budget(event.value)
                )
                budget.props("step=any").props["aria-label"] = _("Budget")
            with labelled(_("Name of the goal"), classes="fg-ask-field-wide"):
                name = ui.input(value=draft.name, on_change=lambda event: self._put("name", event.value)).props("maxlength=100")
                name.props["aria-label"] = _("Name of the goal")
                name.props["placeholder"] = _("By default: people and figure")
            with labelled(_("Note"), classes="fg-ask-field-wide"):
                note = ui.textarea(value=draft.note, on_change=lambda event: self._put("note", event.value))
                note.props("outlined dense autogrow maxlength=2000").props["aria-label"] = _("Note")

    def _put(self, field: str, text: str | None) -> None:
        setattr(self._draft, field, text or "")
        self._on_edit()

    def _budget(self, value: float | None) -> None:
        self._draft.budget = value
        self._on_edit()
