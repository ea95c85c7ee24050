"""Why one person is in a segment or not: each condition with what there is of the person, and what would change the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import background_tasks, ui

from finegrain.access.masking import mask_traits, masking
from finegrain.console.holder import workspace
from finegrain.console.masked import shown_id, shown_name
from finegrain.console.pages.people.address import person_url
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import moment
from finegrain.console.widgets.loading import report
from finegrain.console.widgets.states import error_state, skeleton
from finegrain.i18n import _, current_language, ngettext
from finegrain.people.errors import UnknownPersonError

if TYPE_CHECKING:
    from finegrain.audience.rules.explaining import ConditionVerdict, RuleExplanation
    from finegrain.people.contract import Person


class ExplainCard:
    """The card: an id is entered, the reasons are shown.

    Args:
        segment: the name of one that is a rule.
        person: the number of a person whose reasons are shown at once; empty for none.
    """

    def __init__(self, segment: str, person: str = "") -> None:
        self._segment, self._turn = segment, 0
        with card(_("Why somebody is in it, or not")) as box:
            box.props["id"] = "why"
            with ui.element("div").classes("fg-row fg-explain-ask"):
                self._id = ui.input(placeholder=_("Id of a person")).on("keydown.enter", self._ask)
                self._id.props["aria-label"] = _("Id of a person")
                ui.button(_("Explain"), on_click=self._ask, color=None).classes("fg-outlined")
            self._answer = ui.element("div").props("aria-live=polite")
        if person:
            self._load(person, by_number=True)

    def _ask(self) -> None:
        text = str(self._id.value or "").strip()
        if text:
            self._load(text, by_number=False)

    def _load(self, who: str, *, by_number: bool) -> None:
        self._turn += 1
        self._answer.clear()
        with self._answer:
            skeleton("80px", lines=3)
        task = self._explain(self._turn, who, by_number=by_number)
        background_tasks.create(task, name="explain a person", context=self._answer)

    async def _explain(self, turn: int, who: str, *, by_number: bool) -> None:
        try:
            person, found = await work(explained, self._segment, who, by_number=by_number)
        except Exception as error:  # noqa: BLE001 - whatever it was, the page must say so
            failure = report(error)
            self._settle(turn, lambda: _failed(failure))
        else:
            self._settle(turn, lambda: self._show(person, found))

    def _settle(self, turn: int, draw: object) -> None:
        if turn == self._turn and not self._answer.is_deleted and callable(draw):
            self._answer.clear()
            with self._answer:
                draw()

    def _show(self, person: Person, found: RuleExplanation) -> None:
        self._id.value = shown_id(person.display_id)
        _verdict(person, found)
        with ui.element("ul").classes("fg-verdicts"):
            for one in found.conditions:
                _condition(one, turning=one.node in found.to_change)
        for text in _ahead(found):
            ui.label(text).classes("fg-hint")


def explained(segment: str, who: str, *, by_number: bool) -> tuple[Person, RuleExplanation]:
    """Give a person with the reasons, as the reader may see them.

    Raises:
        UnknownPersonError: there is no such person.
        FinegrainError: the rule cannot be computed any more.
    """
    ws = workspace()
    if by_number:
        if not (who.isascii() and who.isdecimal() and len(who) < 19):  # noqa: PLR2004 - fits 64 bits
            raise UnknownPersonError(person=who)
        person = ws.people.get(int(who))
    else:
        person = ws.people.find(who)
    found = ws.segments.explain(segment, person.id)
    if masking():
        found = found.masked(lambda trait, value: str(mask_traits({trait: value})[trait]))
    return person, found


def _failed(error: Exception) -> None:
    if isinstance(error, UnknownPersonError):
        ui.label(error.message(current_language())).classes("fg-ask-field-problem").props("role=alert")
    else:
        error_state(error)


def _verdict(person: Person, found: RuleExplanation) -> None:
    who = shown_name(person.name) or shown_id(person.display_id)
    with ui.element("div").classes("fg-verdict"):
        icon, tone = ("check_circle", "fg-good") if found.holds else ("cancel", "fg-bad")
        ui.icon(icon).classes(tone).props('aria-hidden="true"')
        ui.link(who, person_url(person.id)).classes("fg-link")
        ui.label(_("is in the segment") if found.holds else _("is not in the segment")).classes("fg-h2")


def _condition(one: ConditionVerdict, *, turning: bool) -> None:
    with ui.element("li").classes("fg-verdict-line"):
        icon, tone = ("check", "fg-good") if one.holds else ("close", "fg-bad")
        with ui.icon(icon).classes(tone) as mark:
            mark.props["aria-label"] = _("met") if one.holds else _("not met")
            mark.props["role"] = "img"
        with ui.element("div").classes("fg-verdict-text"):
            ui.label(one.sentence)
            with ui.element("div").classes("fg-row fg-hint"):
                ui.label(_("found: {actual}", actual=one.actual))
                if turning:
                    ui.label(_("would have to change")).classes("fg-verdict-turn")


def _ahead(found: RuleExplanation) -> list[str]:
    said = []
    if found.to_change:
        count = len(found.to_change)
        out = ngettext("To leave, {n} condition has to change.", "To leave, {n} conditions have to change.", count)
        into = ngettext("To get in, {n} condition has to change.", "To get in, {n} conditions have to change.", count)
        said.append(out if found.holds else into)
    if found.changes_at is None:
        said.append(_("Time alone changes nothing."))
    else:
        said.append(_("If nothing else happens, this changes on {time}.", time=moment(found.changes_at, workspace().zone)))
    return said
