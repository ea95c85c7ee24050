"""The live view: what arrives, the newest first, as it arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from finegrain.console.frame import page, page_head
from finegrain.console.holder import workspace
from finegrain.console.pages.data.addresses import LIVE, SOURCES, with_query
from finegrain.console.pages.data.live_rows import KINDS, LiveFilter, live_row, read_live, whole_text
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import number
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.states import button_link, empty_state
from finegrain.console.widgets.watching import Watch
from finegrain.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from nicegui.events import GenericEventArguments

    from finegrain.collect.pipeline.health.recent import RecentItem

LOOK_EVERY_S = 1.0


@page(LIVE, title=N_("Live"), nav="live")
def live(source: str = "", q: str = "", kind: str = "") -> None:
    """Show the view, filtered as the address says."""
    with page_head(_("Live"), hint=_("What arrives at this moment, with what became of it.")):
        place = ui.element("div").classes("fg-row")

    def show(names: list[str]) -> None:
        if names:
            LiveView(LiveFilter(source, q, kind if kind in KINDS else ""), names, place)
        else:
            _nobody()

    Loaded(lambda: [each.name for each in workspace().sources.all()], show)


class LiveView:
    """The filters and the table, which is renewed each second unless it is paused.

    Args:
        wanted: what is shown at first.
        names: of the sources.
        actions: where the button that pauses stands.
    """

    def __init__(self, wanted: LiveFilter, names: list[str], actions: ui.element) -> None:
        self._wanted = wanted
        self._items: dict[int, RecentItem] = {}
        self._whole: dict[int, str] = {}
        self._newest = 0
        self._paused = False
        with actions:
            self._pause = ui.button(on_click=self._toggle, color=None).classes("fg-outlined")
        with card(classes="fg-live"):
            self._filters(names)
            self._count = ui.label().classes("fg-hint fg-live-count").props("aria-live=off")
            self._table = _table()
        self._table.on("whole", self._expand)
        self._show_button(0)
        self._watch = Watch(lambda: read_live(workspace(), self._wanted), self._show, every_s=LOOK_EVERY_S)
        background_tasks.create(self._watch.look(), name="look at once", context=self._table)

    def _filters(self, names: list[str]) -> None:
        with ui.element("div").classes("fg-filters-row"):
            text = ui.input(_("Event or id"), value=self._wanted.text).props("clearable debounce=300").classes("fg-filter-search")
            source = ui.select({"": _("All sources"), **{name: name for name in names}}, value=self._wanted.source)
            kind = ui.select({"": _("All verdicts"), **{key: _(name) for key, name in KINDS.items()}}, value=self._wanted.kind)
        for field, label in ((source, _("Source")), (kind, _("Verdict"))):
            field.classes("fg-filter").props["aria-label"] = label

        async def changed() -> None:
            self._wanted = LiveFilter(source.value, (text.value or "").strip(), kind.value)
            wanted = self._wanted
            ui.navigate.history.replace(with_query(LIVE, source=wanted.source, q=wanted.text, kind=wanted.kind))
            self._hold(paused=False)
            await self._watch.look()

        text.on_value_change(changed)
        source.on_value_change(changed)
        kind.on_value_change(changed)

    def _show(self, items: list[RecentItem]) -> None:
        if self._paused:
            self._show_button(sum(item.number > self._newest for item in items))
            return
        self._items = {item.number: item for item in items}
        rows = [self._row(item) for item in items]
        self._newest = items[0].number if items else self._newest
        if rows != self._table.rows:
            self._table.rows = rows
        self._count.text = ngettext("the last {n} that match", "the last {n} that match", len(rows)) if rows else ""

    def _row(self, item: RecentItem) -> dict[str, Any]:
        fresh = 0 < self._newest < item.number
        return live_row(item, workspace().zone) | {"raw": self._whole.get(item.number, ""), "fresh": fresh}

    async def _expand(self, event: GenericEventArguments) -> None:
        key = int(event.args)
        item = self._items.get(key)
        if item is None:
            return
        self._hold(paused=True)  # who reads a row does not want it to run away
        self._whole = {key: await work(whole_text, workspace(), item), **dict(list(self._whole.items())[:50])}
        self._table.rows = [row | {"raw": self._whole.get(row["key"], "")} for row in self._table.rows]

    async def _toggle(self) -> None:
        self._hold(paused=not self._paused)
        if not self._paused:
            await self._watch.look()

    def _hold(self, *, paused: bool) -> None:
        self._paused = paused
        self._show_button(0)

    def _show_button(self, fresh: int) -> None:
        self._pause.icon = "play_arrow" if self._paused else "pause"
        resume = _("Resume · {n} new", n=number(fresh)) if fresh else _("Resume")
        self._pause.text = resume if self._paused else _("Pause")


def _table() -> ui.table:
    names = {
        "time": _("Time"), "verdict": _("Verdict"), "name": _("Event"), "about": _("Person"), "source": _("Source"), "open": "",
    }  # fmt: skip
    columns = [{"name": name, "field": name, "label": label, "align": "left"} for name, label in names.items()]
    table = ui.table(columns=columns, rows=[], row_key="key", pagination=0).classes("fg-table fg-live-table")
    table.props("hide-bottom hide-pagination binary-state-sort")
    table.props["aria-label"] = _("What arrived")
    table.add_slot("body", _ROW.replace("ARIA", _("Show all of it")))
    with table.add_slot("no-data"):
        empty_state("sensors", _("Nothing that matches has arrived yet"), _("What is sent from now on appears here at once."))
    table.props(remove="hide-bottom")
    return table


_ROW = """
<q-tr :props="props" :key="props.key" :class="'fg-live-row' + (props.row.fresh ? ' fg-live-new' : '')"
  @click="props.expand = !props.expand; props.expand && $parent.$emit('whole', props.key)">
  <q-td key="time" class="fg-num fg-muted">{{ props.row.time }}</q-td>
  <q-td key="verdict">
    <span :class="'fg-chip ' + props.row.tone">{{ props.row.verdict }}</span>
    <span v-for="mark in props.row.marks" :key="mark" class="fg-chip fg-chip-warn fg-mark">{{ mark }}</span>
  </q-td>
  <q-td key="name" class="fg-cut"><span class="fg-strong">{{ props.row.name }}</span>
    <div class="fg-live-below">{{ props.row.about }}</div></q-td>
  <q-td key="about" class="fg-cut fg-muted">{{ props.row.about }}</q-td>
  <q-td key="source" class="fg-muted">{{ props.row.source }}</q-td>
  <q-td key="open" class="fg-live-open"><q-btn flat round dense size="sm" :icon="props.expand ? 'expand_less' : 'expand_more'"
    :aria-expanded="props.expand ? 'true' : 'false'" aria-label="ARIA" /></q-td>
</q-tr>
<q-tr v-if="props.expand" :props="props" :key="props.key + ' whole'" class="fg-live-whole">
  <q-td colspan="6"><pre class="fg-json">{{ props.row.raw || '…' }}</pre></q-td>
</q-tr>
"""


def _nobody() -> None:
    with card():
        empty_state(
            "cable",
            _("Nobody sends yet"),
            _("Connect an SDK first: a source gives you a key and the few lines of code."),
            actions=lambda: button_link(_("Connect an SDK"), SOURCES, icon="cable"),
        )
