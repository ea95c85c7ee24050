"""The working part of the page on which a rule is put together: name, builder, live count, draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.drafting import DraftKeeper
from finegrain.console.holder import workspace
from finegrain.console.pages.segments.address import segment_url
from finegrain.console.pages.segments.builder import RuleBuilder
from finegrain.console.pages.segments.drafting import SegmentDraft, draft_key
from finegrain.console.pages.segments.model import RuleTree
from finegrain.console.pages.segments.preview_pane import CountCard, overlaps_card, reach_card, sample_table
from finegrain.console.pages.segments.reading import people_rows, preview
from finegrain.console.pages.segments.text_dialog import TextDialog
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.latest import Latest
from finegrain.console.widgets.questions import done
from finegrain.console.widgets.rights import reserved
from finegrain.console.widgets.states import error_state, skeleton
from finegrain.errors import FinegrainError
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from finegrain.access.drafts.contract import Draft
    from finegrain.audience.segments.contract import PreviewResult, Segment
    from finegrain.console.pages.analysis.catalogue import Catalogue
    from finegrain.console.widgets.latest import Settle


@dataclass(frozen=True)
class EditorBasis:
    """What the page needs before it is drawn: the choices, the segment that is edited, an unsaved draft of it."""

    catalogue: Catalogue
    segment: Segment | None
    draft: Draft | None


class SegmentEditor:
    """The parts of the page, built once and changed in place.

    Args:
        basis: what is edited.
        actions: where the buttons of the page's head go.
    """

    def __init__(self, basis: EditorBasis, actions: ui.element) -> None:
        self._segment = basis.segment
        self._found: PreviewResult | None = None
        self._kept = SegmentDraft.of(basis.segment)
        self._drafts = DraftKeeper(draft_key(basis.segment), put_back=self._discarded)
        with actions:
            self._buttons()
        begun = self._begin(basis.draft)
        with ui.element("div").classes("fg-segment-editor") as self._box:
            with ui.element("div").classes("fg-stack fg-segment-rule"):
                self._naming(begun)
                with card() as self._card:
                    self._head()
                    self._builder = RuleBuilder(begun.tree(), basis.catalogue, self._edited)
                    self._sentence = ui.label().classes("fg-tree-sentence").props("aria-live=polite")
            with ui.element("div").classes("fg-stack fg-segment-preview"):
                self._count = CountCard()
                self._beside = ui.element("div").classes("fg-stack")
            with card(_("Some of the people"), classes="fg-segment-sample") as self._sample_card:
                self._sample = ui.element("div")
                with self._sample:
                    skeleton("200px", lines=5)
        self._latest = Latest(self._box, self._fail, task="preview a rule")
        self._ask(pause=False)

    def _begin(self, draft: Draft | None) -> SegmentDraft:
        begun = SegmentDraft.read(draft.content) if draft else None
        if draft and begun:
            self._drafts.offer(draft)
        return begun or self._kept

    def _buttons(self) -> None:
        ui.button(_("As text"), icon="data_object", on_click=self._as_text, color=None).classes("fg-outlined")
        save = ui.button(_("Save the segment"), icon="check", on_click=self._save)
        reserved("strategy:write", save)

    def _naming(self, begun: SegmentDraft) -> None:
        with card(), ui.element("div").classes("fg-segment-naming"):
            self._name = ui.input(_("Name of the segment"), value=begun.name, on_change=self._renamed)
            self._name.props("maxlength=100")
            self._about = ui.input(_("Description"), value=begun.description, on_change=self._renamed)
            self._copy = ui.label(_("A new name makes a new segment; the one before stays.")).classes("fg-hint")
            self._copy.set_visibility(False)
            self._drafts.tell()

    def _head(self) -> None:
        with ui.element("div").classes("fg-card-head"), ui.element("h2").classes("fg-h2"):
            ui.label(_("Who belongs to it"))

    def _begun(self) -> SegmentDraft:
        return SegmentDraft(str(self._name.value or ""), str(self._about.value or ""), self._builder.tree.draft())

    def _renamed(self) -> None:
        self._copy.set_visibility(self._segment is not None and str(self._name.value or "").strip() != self._segment.name)
        self._drafts.changed(vars(self._begun()))

    def _edited(self) -> None:
        self._drafts.changed(vars(self._begun()))
        self._ask()

    def _take(self, rule: dict[str, Any]) -> None:
        self._builder.show(RuleTree(rule))
        self._edited()

    def _discarded(self) -> None:
        self._name.value, self._about.value = self._kept.name, self._kept.description
        self._builder.show(self._kept.tree())
        self._ask(pause=False)

    def _as_text(self) -> None:
        TextDialog(self._builder.tree.rule(), self._take)

    async def _save(self) -> None:
        name, tree = str(self._name.value or "").strip(), self._builder.tree
        if tree.incomplete:
            self._builder.ask_for_the_rest()
            missing = ngettext("{n} condition lacks something.", "{n} conditions lack something.", tree.incomplete)
            ui.notify(missing, type="warning")
            return
        replace = self._segment is not None and name == self._segment.name
        about = str(self._about.value or "")
        if await done(workspace().segments.save_rule, name, tree.rule(), description=about, replace=replace):
            await self._drafts.drop()
            ui.navigate.to(segment_url(name))

    def _ask(self, *, pause: bool = True) -> None:
        self._latest.ask(self._load, pause=pause)

    async def _load(self, settle: Settle) -> None:
        own = self._segment.name if self._segment else ""
        found = await work(preview, self._builder.tree.rule(), own)
        if settle(lambda: self._show(found, own)):
            rows = await work(people_rows, found.sample, found.as_of)
            settle(lambda: self._show_sample(rows))

    def _show(self, found: PreviewResult, own: str) -> None:
        self._builder.complain(None)
        self._box.classes(remove="fg-stale")
        self._count.complain("")
        self._count.show(found)
        self._sentence.text = found.sentence
        if not _same_beside(self._found, found):
            self._beside.clear()
            with self._beside:
                reach_card(found)
                overlaps_card(found, own)
        self._found = found

    def _show_sample(self, rows: list[dict[str, Any]]) -> None:
        self._sample.clear()
        with self._sample:
            if rows:
                sample_table(rows)
            else:
                ui.label(_("Nobody meets this rule now.")).classes("fg-hint")

    def _fail(self, error: Exception) -> None:
        self._box.classes(add="fg-stale")
        if isinstance(error, FinegrainError):
            self._count.complain(
                self._builder.complain(error) or _("The rule cannot be computed as it is: see the marked place.")
            )
            if self._found is None:
                self._sample.clear()
            return
        self._sample.clear()
        with self._sample:
            error_state(error, retry=lambda: self._ask(pause=False))


def _same_beside(before: PreviewResult | None, now: PreviewResult) -> bool:
    return before is not None and (before.reach, before.overlaps, before.people) == (now.reach, now.overlaps, now.people)
