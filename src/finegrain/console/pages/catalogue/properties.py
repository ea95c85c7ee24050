"""The table of an event's properties: what they hold, how many events carry them, and what the plan says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.collect.catalogue.contract import MAX_PROPERTIES
from finegrain.collect.catalogue.words import KIND_NAMES
from finegrain.collect.plan.checker import is_own
from finegrain.collect.plan.words import TYPE_NAMES
from finegrain.console.holder import workspace
from finegrain.console.masked import shown_value
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import moment, number, percent
from finegrain.console.widgets.states import empty_state
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from finegrain.collect.catalogue.contract import CataloguedProperty
    from finegrain.collect.plan.contract import EventPlan, PropertyRule
    from finegrain.console.pages.catalogue.reading import EventView

SHOWN_EXAMPLES = 3
_FEW = 0.001


def properties_card(view: EventView) -> None:
    """Draw the card with all properties of an event."""
    hint = _("What looks like a secret or a way to reach a person is masked.")
    with card(_("Properties"), hint=hint if view.properties else ""):
        if not view.properties:
            empty_state("data_object", _("This event carries no properties"))
            return
        wrong = {each.property: each.count for each in view.violations if each.property}
        with ui.element("div").classes("fg-scroll"), ui.element("table").classes("fg-plain fg-properties"):
            _head(declared=view.plan is not None)
            with ui.element("tbody"):
                for each in view.properties:
                    _row(each, view.plan, wrong.get(each.name, 0))
        if view.event.other_properties:
            text = _(
                "Beyond the first {most} properties, {number} values of others were sent; an app seems to make up names.",
                most=number(MAX_PROPERTIES),
                number=number(view.event.other_properties),
            )
            ui.label(text).classes("fg-warn fg-catalogue-others")


def _head(*, declared: bool) -> None:
    names = [_("Property"), _("Type"), _("Of the events"), _("Examples")]
    names += [_("Plan")] if declared else []
    with ui.element("thead"), ui.element("tr"):
        for name in [*names, _("Last received")]:
            with ui.element("th"):
                ui.label(name)


def _row(each: CataloguedProperty, plan: EventPlan | None, wrong: int) -> None:
    with ui.element("tr"):
        with ui.element("td").classes("fg-strong fg-property-name"):
            ui.label(each.name or _("(no name)"))
        with ui.element("td"), ui.element("div").classes("fg-chips"):
            _kinds(each)
        with ui.element("td"):
            _share(each)
        with ui.element("td").classes("fg-examples"):
            for example in (str(shown_value(each.name, text)) for text in each.examples[:SHOWN_EXAMPLES]):
                ui.label(example or _("(empty text)")).props["title"] = example
        if plan is not None:
            with ui.element("td"), ui.element("div").classes("fg-chips"):
                _rule(each, plan, wrong)
        with ui.element("td").classes("fg-num"):
            ui.label(moment(each.last_seen, workspace().zone))


def _kinds(each: CataloguedProperty) -> None:
    if len(each.kinds) == 1:
        ui.label(_(KIND_NAMES[next(iter(each.kinds))])).classes("fg-chip fg-chip-plain")
        return
    for kind, count in each.kinds.items():
        share = count / each.count
        shown = _("{kind} {share}", kind=_(KIND_NAMES[kind]), share=percent(share) if share >= _FEW else "< 0.1%")
        ui.label(shown).classes("fg-chip fg-chip-plain")


def _share(each: CataloguedProperty) -> None:
    with ui.element("div").classes("fg-carried"):
        with ui.element("div").classes("fg-meter").props('aria-hidden="true"'):
            ui.element("div").style(f"width:{min(each.share, 1.0) * 100:.1f}%")
        ui.label(percent(each.share)).classes("fg-num")


def _rule(each: CataloguedProperty, plan: EventPlan, wrong: int) -> None:
    rule = next((rule for rule in plan.properties if rule.name == each.name), None)
    if rule is not None:
        ui.label(_rule_words(rule)).classes("fg-chip")
    elif not is_own(each.name):
        ui.label(_("not declared")).classes("fg-chip fg-chip-plain")
    if wrong:
        text = ngettext("{count} violation", "{count} violations", wrong, count=number(wrong))
        ui.label(text).classes("fg-chip fg-chip-warn")


def _rule_words(rule: PropertyRule) -> str:
    word = _(TYPE_NAMES[rule.type])
    return _("{type}, required", type=word) if rule.required else word
