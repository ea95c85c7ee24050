"""Drafts of segments: kept with every change, offered when the page opens again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from nicegui import background_tasks, ui

from finegrain.console.holder import workspace
from finegrain.console.pages.segments.model import RuleTree
from finegrain.console.text import work
from finegrain.console.widgets.formats import moment
from finegrain.console.widgets.loading import report
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.access.drafts.contract import Draft
    from finegrain.audience.segments.contract import Segment

REST_S = 0.4
"""How long typing must rest before the draft is kept."""


@dataclass(frozen=True)
class SegmentDraft:
    """A segment as it stands on the page.

    Attributes:
        name, description: as they were typed.
        rule: as ``RuleTree.draft`` gives it.
    """

    name: str
    description: str
    rule: dict[str, Any]

    @classmethod
    def of(cls, segment: Segment | None) -> Self:
        """Give what the page shows of a segment before anything is edited; None for a new one."""
        if segment is None:
            return cls("", "", RuleTree().draft())
        return cls(segment.name, segment.description, RuleTree(segment.rule).draft())

    @classmethod
    def read(cls, content: dict[str, Any]) -> Self | None:
        """Give the draft that was kept; None where it cannot be read, as after an update that keeps drafts in another way."""
        try:
            RuleTree.from_draft(content["rule"])
            return cls(str(content["name"]), str(content["description"]), content["rule"])
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def tree(self) -> RuleTree:
        """Give a tree of its own to edit."""
        return RuleTree.from_draft(self.rule)


def draft_key(segment: Segment | None) -> str:
    """Give the key under which drafts of a segment are kept; None for a new one."""
    return "segment/new" if segment is None else f"segment/edit/{segment.name}"


class DraftKeeper:
    """Keeps what is on the page soon after each change, one after the other, and says when that was.

    Args:
        segment: that is edited; None for a new one.
        discard: is called when the reader lets the draft go.
    """

    def __init__(self, segment: Segment | None, discard: Callable[[], object]) -> None:
        self._key, self._discard = draft_key(segment), discard
        self._turn = 0
        self._lock = asyncio.Lock()
        self._banner = ui.element("div").classes("fg-draft").props("role=status")
        self._banner.set_visibility(False)

    def offer(self, draft: Draft | None) -> SegmentDraft | None:
        """Say that there is a draft, and give it."""
        found = SegmentDraft.read(draft.content) if draft else None
        if draft is None or found is None:
            return None
        at = moment(draft.saved_at, workspace().zone)
        with self._banner:
            ui.icon("edit_note").props('aria-hidden="true"')
            ui.label(_("You have an unsaved draft of {time}; it is what you see here.", time=at)).classes("fg-draft-text")
            ui.button(_("Continue"), on_click=self._hide, color=None).props("flat dense").classes("fg-add")
            ui.button(_("Discard"), on_click=self._discard, color=None).props("flat dense").classes("fg-add")
        self._banner.set_visibility(True)
        return found

    def changed(self, now: SegmentDraft) -> None:
        """Keep what is on the page now, once nothing has changed for a moment."""
        self._turn += 1
        background_tasks.create(self._keep(self._turn, vars(now)), name="keep a draft", context=self._banner)

    def forget(self) -> None:
        """Let the draft go."""
        self._hide()
        self._turn += 1
        background_tasks.create(self._drop(), name="drop a draft", context=self._banner)

    async def saved(self) -> None:
        """Let the draft go, because its segment was saved."""
        self._turn += 1
        await self._drop()

    def _hide(self) -> None:
        self._banner.set_visibility(False)

    async def _keep(self, turn: int, content: dict[str, Any]) -> None:
        await asyncio.sleep(REST_S)
        async with self._lock:
            if turn == self._turn:
                await self._try(workspace().drafts.save, self._key, content)

    async def _drop(self) -> None:
        async with self._lock:
            await self._try(workspace().drafts.drop, self._key)

    async def _try(self, change: Callable[..., object], *args: Any) -> None:
        try:
            await work(change, *args)
        except Exception as error:  # noqa: BLE001 - a draft that cannot be kept must not stop whoever works
            report(error)
            ui.notify(_("The draft could not be kept."), type="warning")
