"""The forms of questions about ways: funnels, paths, intervals, attribution."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from finegrain.console.pages.analysis.parts.attributes import PropertyPart
from finegrain.console.pages.analysis.parts.event import EventPart
from finegrain.console.pages.analysis.parts.events import EventsPart, step_number
from finegrain.console.pages.analysis.parts.exclusion import ExclusionPart
from finegrain.console.pages.analysis.parts.lists import ChoicesPart
from finegrain.console.pages.analysis.parts.patterns import PatternsPart
from finegrain.console.pages.analysis.parts.simple import ChoicePart, DurationPart, NumberPart
from finegrain.console.pages.analysis.words import MODELS
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.console.pages.analysis.form import QueryForm

_ORDERS = {
    "ordered": N_("In order, others between"),
    "strict": N_("In order, nothing between"),
    "any": N_("In any order"),
}
_STARTS = {
    "any": N_("Every event of step 1"),
    "first_in_period": N_("The first in the period"),
    "first_ever": N_("The first ever"),
}
_VALUES_OF = {
    "first": N_("The first step"),
    "last": N_("The last step reached"),
    "step": N_("A chosen step"),
    "all": N_("All steps alike"),
}
_SCOPES = {"session": N_("Within a session"), "window": N_("Within a window")}
_CLOSING = {"latest": N_("The latest start before it"), "every": N_("Every start before it")}


def draw_funnel(form: QueryForm) -> None:
    """Draw the form of a funnel."""
    context = form.context
    with form.section(_("Steps")):
        steps = form.given("steps") or []
        label = _("Step {n}")
        chain = EventsPart(context, label, steps, add=_("Add a step"), fewest=2, badge=step_number)
        form.add("steps", chain)
    with form.when(granularity="day"):
        help_ = _("How long after its start a chain may go on.")
        form.add("window", DurationPart(context, _("Window"), form.given("window"), "7d", help_))
    form.whom()
    with form.more("order", "starts", "attribution", "unit", "exclusions"):
        form.add("order", ChoicePart(context, _("Order of the steps"), _ORDERS, form.given("order"), default="ordered"))
        form.add("starts", ChoicePart(context, _("What can start a chain"), _STARTS, form.given("starts"), default="any"))
        label = _("Value of the breakdown")
        whose = form.add("attribution", ChoicePart(context, label, _VALUES_OF, form.given("attribution"), default="first"))
        form.add("attribution_step", _ChosenStepPart(form, whose))
        form.unit("people", "sessions", "groups")
        exclusions = form.given("exclusions") or []
        make = partial(ExclusionPart, steps=lambda: len(chain.value() or ()))
        add = _("Exclude those who do this in between")
        form.add("exclusions", EventsPart(context, _("Excluded event {n}"), exclusions, add=add, make=make))


class _ChosenStepPart(NumberPart):
    """The step whose value of the breakdown counts; hidden where none is chosen."""

    def __init__(self, form: QueryForm, whose: ChoicePart) -> None:
        self._whose = whose
        super().__init__(form.context, _("Number of that step"), form.given("attribution_step"), 1)
        self.offer()

    def value(self) -> float | None:
        """Give the number; None where no step is chosen."""
        return super().value() if self._whose.chosen == "step" else None

    def offer(self) -> None:
        """Show itself only where a step is chosen."""
        self.box.set_visibility(self._whose.chosen == "step")


def draw_paths(form: QueryForm) -> None:
    """Draw the form of paths."""
    context = form.context
    with form.section(_("From where, to where")):
        form.add("start", EventPart(context, _("Paths from"), form.given("start"), required=False, badge=_("from")))
        form.add("end", EventPart(context, _("Paths to"), form.given("end"), required=False, badge=_("to")))
        with form.row():
            form.add("depth", NumberPart(context, _("Positions"), form.given("depth"), 5))
            form.add("most_nodes", NumberPart(context, _("Names at a position"), form.given("most_nodes"), 10))
            form.add("scope", ChoicePart(context, _("Paths stay"), _SCOPES, form.given("scope"), default="session"))
            form.add("window", DurationPart(context, _("Length of the window"), form.given("window"), "1d"))
    with form.when():
        pass
    form.whom()
    with form.more("events", "name_by", "patterns", "least_count", "least_share", "unit"):
        form.unit("people", "groups")
        help_ = _("A property whose values are the names, such as the address of a page.")
        form.add("name_by", PropertyPart(context, _("Named by"), form.given("name_by"), context.events, help_=help_))
        part = EventsPart(context, _("Event {n} that is shown"), form.given("events") or [], add=_("Show only chosen events"))
        form.add("events", part)
        form.add("patterns", PatternsPart(context, form.given("patterns") or []))
        help_ = _("A name with fewer paths at its position is among the others.")
        form.add("least_count", NumberPart(context, _("Fewest paths of a name"), form.given("least_count"), 1, help_=help_))
        help_ = _("Likewise with a smaller share of all paths, from 0 to 1.")
        label = _("Smallest share of a name")
        form.add("least_share", NumberPart(context, label, form.given("least_share"), 0, help_=help_, whole=False))


def draw_intervals(form: QueryForm) -> None:
    """Draw the form of intervals."""
    context = form.context
    with form.section(_("From what to what")):
        form.add("start", EventPart(context, _("From"), form.given("start"), badge=_("from")))
        form.add("end", EventPart(context, _("To"), form.given("end"), badge=_("to")))
    with form.when(granularity="day"):
        help_ = _("An end later than this after its start makes no interval.")
        form.add("window", DurationPart(context, _("Longest time"), form.given("window"), "30d", help_))
    form.whom()
    with form.more("closing", "unit"):
        form.add("closing", ChoicePart(context, _("An end closes"), _CLOSING, form.given("closing"), default="latest"))
        form.unit("people", "sessions", "groups")


def draw_attribution(form: QueryForm) -> None:
    """Draw the form of attribution."""
    context = form.context
    with form.section(_("What is explained")):
        conversion = form.add("conversion", EventPart(context, _("Converting event"), form.given("conversion")))
        with form.row():
            part = PropertyPart(context, _("Its money"), form.given("money"), conversion.events, numeric=True)
            form.add("money", part)
            help_ = _("How long before a conversion a touch may lie.")
            form.add("lookback", DurationPart(context, _("Look-back"), form.given("lookback"), "30d", help_))
    with form.section(_("Touches")):
        touches = form.add(
            "touches", EventsPart(context, _("Touch {n}"), form.given("touches") or [], add=_("Add a touch"), fewest=1)
        )
        help_ = _("A property whose values are the touches, such as a source or a campaign.")
        form.add("name_by", PropertyPart(context, _("Named by"), form.given("name_by"), touches.events, help_=help_))
        form.add("models", ChoicesPart(context, _("Models"), MODELS, form.given("models")))
    with form.when():
        pass
    form.whom()
    with form.more("half_life", "limit", "unit"):
        form.add("half_life", DurationPart(context, _("Half-life of time decay"), form.given("half_life"), "7d"))
        form.add("limit", NumberPart(context, _("Touches told by name"), form.given("limit"), 20))
        form.unit("people", "sessions", "groups")
