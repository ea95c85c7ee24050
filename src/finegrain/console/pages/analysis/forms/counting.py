"""The forms of questions about how many: trends, retention, distribution, life-cycle, stickiness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.console.pages.analysis.answers.distribution import MEASURES
from finegrain.console.pages.analysis.parts.attributes import PropertyPart
from finegrain.console.pages.analysis.parts.event import EventPart
from finegrain.console.pages.analysis.parts.events import EventsPart, SeriesPart, letter
from finegrain.console.pages.analysis.parts.lists import NumbersPart, TextsPart
from finegrain.console.pages.analysis.parts.simple import ChoicePart, NumberPart, SwitchPart
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.console.pages.analysis.form import QueryForm
    from finegrain.console.pages.analysis.parts.base import Part

_COHORTS = {"first_time": N_("The first start ever"), "recurring": N_("Every bucket with a start")}
_MODES = {"on": N_("In that period"), "on_or_after": N_("In that period or later")}


def draw_trends(form: QueryForm) -> None:
    """Draw the form of trends."""
    context = form.context
    with form.section(_("Lines")):
        series = form.given("series") or []
        part = EventsPart(context, _("Line {n}"), series, add=_("Add a line"), fewest=1, badge=letter, make=SeriesPart)
        form.add("series", part)
        formulas = form.given("formulas") or []
        form.add("formulas", TextsPart(context, _("Formulas over lines"), formulas, _("such as A / B * 100")))
    with form.when(granularity="day"):
        form.add("compare", SwitchPart(context, _("Compare with the days before"), value=form.given("compare")))
        help_ = _("Each bucket holds everything from the period's start to its end.")
        form.add("cumulative", SwitchPart(context, _("Add up over the period"), value=form.given("cumulative"), help_=help_))
    form.whom()
    with form.more("unit"):
        form.unit("people", "sessions", "groups", "events")


def draw_retention(form: QueryForm) -> None:
    """Draw the form of retention."""
    context = form.context
    with form.section(_("Who starts, and what counts as coming back")):
        form.add("start", EventPart(context, _("Start"), form.given("start"), badge=_("start")))
        form.add("returns", EventPart(context, _("Return"), form.given("returns"), badge=_("back")))
    with form.when(granularity="day"):
        form.add("periods", NumberPart(context, _("Periods shown"), form.given("periods"), 7))
    form.whom()
    with form.more("cohort", "mode", "unit"):
        form.add("cohort", ChoicePart(context, _("What makes a cohort"), _COHORTS, form.given("cohort"), default="first_time"))
        form.add("mode", ChoicePart(context, _("Back"), _MODES, form.given("mode"), default="on"))
        form.unit("people", "sessions", "groups")


def draw_distribution(form: QueryForm) -> None:
    """Draw the form of a distribution."""
    context = form.context
    with form.section(_("What is measured")):
        event = form.add("event", EventPart(context, _("Event"), form.given("event")))
        with form.row():
            measure = ChoicePart(context, _("Measured by"), MEASURES, form.given("measure"), default="events")
            form.add("measure", measure)
            form.add("property", _SummedPart(form, measure, event))
        label = _("Bars begin at")
        form.add("breaks", NumbersPart(context, label, form.given("breaks") or [], _("such as 2, 5, 10; else natural breaks")))
    with form.when():
        pass
    form.whom()
    with form.more("bars", "zero", "unit"):
        form.add("bars", NumberPart(context, _("Bars at most"), form.given("bars"), 8))
        form.unit("people", "sessions", "groups")
        form.add("zero", SwitchPart(context, _("Count those without it, as 0"), value=form.given("zero")))


def draw_lasting(form: QueryForm) -> None:
    """Draw the form of a life-cycle or of stickiness."""
    context = form.context
    with form.section(_("What somebody does who is there")):
        form.add("event", EventPart(context, _("Event"), form.given("event")))
    with form.when(granularity="day"):
        pass
    form.whom()
    with form.more("unit"):
        form.unit("people", "groups")


class _SummedPart(PropertyPart):
    """The property that is added up, where sums are measured."""

    def __init__(self, form: QueryForm, measure: ChoicePart, event: Part) -> None:
        self._measure = measure
        super().__init__(form.context, _("Property"), form.given("property"), event.events, numeric=True)
        self.offer()

    def value(self) -> str | None:
        """Give the name; None where no sums are measured."""
        return super().value() if self._measure.chosen == "sum" else None

    def is_missing(self) -> bool:
        """Say whether the property is still to be chosen."""
        return self._measure.chosen == "sum" and not self.value()

    def offer(self) -> None:
        """Show itself only where sums are measured."""
        self.box.set_visibility(self._measure.chosen == "sum")
        super().offer()
