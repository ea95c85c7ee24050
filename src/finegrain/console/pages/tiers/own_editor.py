"""The editor of a scheme of one's own: its tiers in order, each with the builder of its rule, kept as a draft on every change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.audience.tiers.own.errors import BadSchemeError, BadSchemeRuleError
from finegrain.console.drafting import DraftKeeper
from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.catalogue import Catalogue
from finegrain.console.pages.analysis.parts.base import Problem, add_button, icon_button, labelled
from finegrain.console.pages.segments.builder import RuleBuilder
from finegrain.console.pages.segments.model import RuleTree
from finegrain.console.pages.segments.text_dialog import TextDialog
from finegrain.console.pages.tiers.address import PATH
from finegrain.console.pages.tiers.own_draft import SchemeFields, TierFields
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.removal import taken_away
from finegrain.errors import FinegrainError
from finegrain.i18n import _, current_language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from finegrain.access.drafts.contract import Draft
    from finegrain.workspace import Workspace

_TIER = re.compile(r"tiers\[(\d+)\]")


@dataclass(frozen=True)
class EditorStart:
    """With what the editor opens.

    Attributes:
        name: of the scheme that is edited; empty for a new one.
        fields: what stands in them.
        segments: rules to copy from, by the name of their segment.
        catalogue: what the builders offer.
        restored: the draft that was kept; None where there is none.
    """

    name: str
    fields: SchemeFields
    segments: Mapping[str, Mapping[str, Any]]
    catalogue: Catalogue
    restored: Draft | None


def start_editor(ws: Workspace, name: str) -> EditorStart:
    """Read what the editor opens with: the draft of this scheme where there is one.

    Raises:
        UnknownSchemeError: there is no such scheme.
    """
    saved = SchemeFields.of(ws.schemes.get(name)) if name else SchemeFields.starting()
    draft = ws.drafts.get(draft_key(name))
    kept = SchemeFields.kept(draft.content) if draft else None
    rules = {segment.name: segment.rule for segment in ws.segments.all() if segment.rule is not None}
    return EditorStart(name, kept or saved, rules, Catalogue(ws).read(), draft if kept else None)


def draft_key(name: str) -> str:
    """Give the key of the draft of a scheme; of a new one where the name is empty."""
    return f"scheme/{name or '-'}"


class SchemeEditor:
    """The fields, changed in place.

    Args:
        begun: with what it opens.
    """

    def __init__(self, begun: EditorStart) -> None:
        self._name, self._fields = begun.name, begun.fields
        self.segments, self.catalogue = begun.segments, begun.catalogue
        self._rows: list[_TierRow] = []
        with ui.element("div").classes("fg-own-editor fg-ask"):
            self._drafts = DraftKeeper(draft_key(begun.name), load_anew=ui.navigate.reload)
            if begun.restored:
                self._drafts.offer(begun.restored)
            self._scheme_card()
            with ui.element("div").classes("fg-stack") as self._list:
                for tier in self._fields.tiers:
                    self._rows.append(_TierRow(self, tier))
            add_button(_("Add a tier"), self._add)
            self._rest_card()
            self._problem = Problem()
            with ui.element("div").classes("fg-actions"):
                ui.button(_("Save"), icon="save", on_click=self._save)
                self._drafts.tell()
        self._number()

    def edited(self) -> None:
        """Keep the draft after a moment."""
        self._drafts.changed(self._fields.content())

    def remove(self, row: _TierRow) -> None:
        """Take a tier away."""
        self._fields.tiers.remove(row.tier)
        self._rows.remove(row)
        with taken_away(row.box):
            self._number()
            self.edited()

    def move(self, row: _TierRow, by: int) -> None:
        """Move a tier up or down."""
        place = self._rows.index(row)
        to = place + by
        if not 0 <= to < len(self._rows):
            return
        self._rows.insert(to, self._rows.pop(place))
        self._fields.tiers.insert(to, self._fields.tiers.pop(place))
        row.box.move(target_index=to)
        self._number()
        self.edited()

    def _scheme_card(self) -> None:
        fields = self._fields
        with card(), ui.element("div").classes("fg-ask-row"):
            with labelled(_("What it is called")):
                self._input(fields, "label", _("What it is called"))
            with labelled(_("Name for programs"), help_=_("Small letters, digits and underscores; it cannot change later.")):
                name = self._input(fields, "name", _("Name for programs"))
                name.set_enabled(not self._name)
            with labelled(_("What it is for"), classes="fg-ask-field-wide"):
                self._input(fields, "description", _("What it is for"))

    def _rest_card(self) -> None:
        with card(_("Everybody else"), hint=_("who meets none of the rules")), ui.element("div").classes("fg-ask-row"):
            with labelled(_("What the tier is called")):
                self._input(self._fields, "rest_label", _("What the tier is called"))
            with labelled(_("Tier key"), help_=_key_help()):
                self._input(self._fields, "rest_key", _("Tier key"))

    def _input(self, fields: Any, name: str, label: str) -> ui.input:
        return text_field(fields, name, label, self.edited)

    def _add(self) -> None:
        tier = TierFields()
        self._fields.tiers.append(tier)
        with self._list:
            self._rows.append(_TierRow(self, tier))
        self._number()
        self.edited()

    def _number(self) -> None:
        for place, row in enumerate(self._rows):
            row.number(place + 1)

    async def _save(self) -> None:
        self._complain(-1, None)
        unfinished = [row for row in self._rows if row.tier.tree.incomplete]
        for row in unfinished:
            row.ask_for_the_rest()
        if unfinished:
            return
        values = self._fields.values()
        try:
            await work(workspace().schemes.save_values, values, replace=bool(self._name))
        except FinegrainError as error:
            self._complain(self._place(error), error)
            return
        await self._drafts.drop()
        ui.navigate.to(f"{PATH}/{values['name']}")

    def _place(self, error: FinegrainError) -> int:
        if isinstance(error, BadSchemeRuleError):
            keys = [tier.key.strip() for tier in self._fields.tiers]
            return keys.index(str(error.facts["key"]))
        found = _TIER.match(str(error.facts["field"])) if isinstance(error, BadSchemeError) else None
        return int(found[1]) if found else -1

    def _complain(self, place: int, error: FinegrainError | None) -> None:
        self._problem.say(error.message(current_language()) if error and place < 0 else "")
        for at, row in enumerate(self._rows):
            row.complain(error if at == place else None)


class _TierRow:
    """The card of one tier.

    Args:
        editor: whose it is.
        tier: is changed in place.
    """

    def __init__(self, editor: SchemeEditor, tier: TierFields) -> None:
        self.tier, self._editor = tier, editor
        with card() as self.box:
            with ui.element("div").classes("fg-own-tier-head"):
                self._badge = ui.label().classes("fg-event-badge").props('aria-hidden="true"')
                with labelled(_("What the tier is called")):
                    text_field(tier, "label", _("What the tier is called"), editor.edited)
                with labelled(_("Tier key"), help_=_key_help(), classes="fg-own-key"):
                    text_field(tier, "key", _("Tier key"), editor.edited)
                icon_button("arrow_upward", _("Move this tier up"), lambda: editor.move(self, -1))
                icon_button("arrow_downward", _("Move this tier down"), lambda: editor.move(self, 1))
                icon_button("close", _("Take this tier away"), lambda: editor.remove(self))
            self._builder = RuleBuilder(tier.tree, editor.catalogue, editor.edited)
            self._problem = Problem()
            with ui.element("div").classes("fg-row fg-own-ways"):
                ui.button(_("As text"), icon="data_object", on_click=self._as_text, color=None).classes("fg-outlined")
                if editor.segments:
                    copy = ui.select(list(editor.segments), with_input=True, on_change=lambda event: self._copied(event.value))
                    copy.classes("fg-own-copy").props["placeholder"] = _("Copy the rule of a segment")
                    copy.props["aria-label"] = _("Copy the rule of a segment")

    def number(self, place: int) -> None:
        """Say which one it is."""
        self._badge.text = str(place)

    def complain(self, error: FinegrainError | None) -> None:
        """Say what is wrong with it: with its rule at the node, else under it; nothing where nothing is."""
        self._problem.say("")
        # The rule's own error names the node; it is the cause of the scheme's.
        rule = error.__cause__ if isinstance(error, BadSchemeRuleError) else None
        rest = self._builder.complain(rule if isinstance(rule, FinegrainError) else None)
        self._problem.say(rest if rule else error.message(current_language()) if error else "")

    def ask_for_the_rest(self) -> None:
        """Say at each condition that lacks something that it does."""
        self._builder.ask_for_the_rest()

    def _as_text(self) -> None:
        TextDialog(self.tier.tree.rule(), self._take)

    def _take(self, rule: Mapping[str, Any]) -> None:
        self.tier.tree = RuleTree(rule)
        self._builder.show(self.tier.tree)
        self._editor.edited()

    def _copied(self, name: str | None) -> None:
        if name:
            self._take(self._editor.segments[name])


def text_field(fields: Any, name: str, label: str, on_edit: Callable[[], object]) -> ui.input:
    """Draw a field for one text of some fields, which is changed in place."""

    def typed(text: str | None) -> None:
        setattr(fields, name, text or "")
        on_edit()

    found = ui.input(value=getattr(fields, name), placeholder=label, on_change=lambda event: typed(event.value))
    found.props["aria-label"] = label
    return found


def _key_help() -> str:
    return _("Small letters, digits and underscores; rules, goals and programs name the tier by it.")
