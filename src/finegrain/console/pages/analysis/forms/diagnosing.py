"""The forms of the diagnoses: what marks those who leave, and what holds a process up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.console.pages.analysis.parts.attributes import AttributesPart, PropertyPart
from finegrain.console.pages.analysis.parts.event import EventPart
from finegrain.console.pages.analysis.parts.events import EventsPart, step_number
from finegrain.console.pages.analysis.parts.simple import ChoicePart, DurationPart, NumberPart
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.console.pages.analysis.form import QueryForm

_PROCESSES = {"purchase": N_("Purchase"), "sign_up": N_("From sign-up to the first order"), "": N_("Steps of your own")}


def draw_churn(form: QueryForm) -> None:
    """Draw the form of a churn diagnosis."""
    context = form.context
    with form.section(_("Who is silent")), form.row():
        help_ = _("Who shows no sign of life for so long is silent.")
        form.add("silence", DurationPart(context, _("Silent for"), form.given("silence"), "90d", help_))
        help_ = _("What people did in so long before they went silent is compared.")
        form.add("lookback", DurationPart(context, _("Looked at before"), form.given("lookback"), "28d", help_))
    with form.when(period="all"):
        help_ = _("The revenue at stake is what the silent brought in so long before.")
        form.add("earlier", DurationPart(context, _("Revenue taken from"), form.given("earlier"), "90d", help_))
    form.whom(breakdown=False)
    with form.more("active", "messages", "steps", "least", "level"):
        with form.section(_("Signs of life")):
            form.add("active", EventPart(context, _("Sign of life"), form.given("active"), required=False))
        with form.section(_("Messages that reached them")):
            form.add("messages", EventPart(context, _("Message"), form.given("messages"), required=False))
        steps = form.given("steps") or []
        add = _("Name the steps to a purchase")
        form.add("steps", EventsPart(context, _("Step {n}"), steps, add=add, badge=step_number))
        form.add("least", NumberPart(context, _("Fewest people to judge"), form.given("least"), 30))
        help_ = _("The share of false findings that is put up with.")
        form.add("level", NumberPart(context, _("False findings at most"), form.given("level"), 0.05, help_=help_, whole=False))


def draw_process(form: QueryForm) -> None:
    """Draw the form of a process diagnosis."""
    context = form.context
    with form.section(_("Process")):
        preset = ChoicePart(context, _("Process"), _PROCESSES, form.given("preset") or "", default="")
        form.add("preset", preset)
        steps = form.add("steps", _StepsPart(form, preset))
        with form.row():
            help_ = _("What a completion is worth: a number of the last step.")
            form.add("value", PropertyPart(context, _("Its worth"), form.given("value"), steps.events, numeric=True, help_=help_))
            help_ = _("How long after its start a case may go on.")
            form.add("window", DurationPart(context, _("Window"), form.given("window"), "1d", help_))
    with form.when():
        help_ = _("Without any: platform, source and app_version, as far as the events hold them.")
        form.add("breakdowns", AttributesPart(context, _("Compared by"), form.given("breakdowns") or [], help_))
    form.whom(breakdown=False)
    with form.more("variants", "unit"):
        form.add("variants", NumberPart(context, _("Ways told by themselves"), form.given("variants"), 10))
        form.unit("people", "sessions", "groups")


class _StepsPart(EventsPart):
    """The steps of a process of one's own; hidden where a usual one is chosen."""

    def __init__(self, form: QueryForm, preset: ChoicePart) -> None:
        self._preset = preset
        given: list[Any] = form.given("steps") or []
        super().__init__(form.context, _("Step {n}"), given, add=_("Add a step"), fewest=2, badge=step_number)
        self.offer()

    def value(self) -> list[Any] | None:
        """Give the steps; None where a usual process is chosen."""
        return None if self._preset.chosen else super().value()

    def is_missing(self) -> bool:
        """Say whether there are too few steps."""
        return not self._preset.chosen and super().is_missing()

    def offer(self) -> None:
        """Show itself only where there is no usual process."""
        self.box.set_visibility(not self._preset.chosen)
        super().offer()
