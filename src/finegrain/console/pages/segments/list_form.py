"""The page on which a list is made of ids that were pasted, or read from a file."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.segments.address import segment_url
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import number
from finegrain.console.widgets.questions import done
from finegrain.console.widgets.rights import reserved
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nicegui.events import UploadEventArguments

LARGEST_FILE_BYTES = 20 * 2**20
SHOWN_UNKNOWN = 20
_HEADINGS = {"id", "ids", "distinct_id", "user_id", "person", "用户id", "用户编号", "会员编号", "用户"}


@dataclass(frozen=True)
class FoundIds:
    """What became of ids.

    Attributes:
        people: how many have them.
        unknown: ids that nobody has, in their order.
        given: how many different ids there were.
    """

    people: int
    unknown: tuple[str, ...]
    given: int


def ids_in(text: str) -> list[str]:
    r"""Give the ids in a text, each once: the first column of a CSV file, or words parted by lines, commas or semicolons.

    A heading such as ``id`` or ``用户编号`` is none.

    Examples:
        >>> ids_in("user_id,name\nu1,Li\nu2,\nu1,"), ids_in("u1, u2；u3")
        (['u1', 'u2'], ['u1', 'u2', 'u3'])
    """
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if len(lines) == 1:
        found = [part.strip() for part in lines[0].replace("；", ",").replace(";", ",").replace("，", ",").split(",")]
    else:
        delimiter = next((one for one in ("\t", ";") if lines and one in lines[0]), ",")
        found = [row[0].strip() for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter) if row]
    if found and found[0].casefold() in _HEADINGS:
        found = found[1:]
    return list(dict.fromkeys(one for one in found if one))


def ids_of_file(content: bytes) -> str:
    """Give the ids in a file, one a line; what is not UTF-8 is taken for GB 18030."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    return "\n".join(ids_in(text))


def find_ids(text: str) -> FoundIds:
    """Say whose the ids in a text are now."""
    ids = ids_in(text)
    people, unknown = workspace().segments.find_ids(ids)
    return FoundIds(len(people), unknown, len(ids))


def keep_list(name: str, text: str, description: str) -> None:
    """Keep whose the ids in a text are as a list.

    Raises:
        FinegrainError: the name cannot be used, or is taken.
    """
    ids = ids_in(text)
    workspace().segments.save_ids(name, ids, description=description, origin={"ids": len(ids)})


class ListForm:
    """The form, and what became of the ids."""

    def __init__(self) -> None:
        with ui.element("div").classes("fg-segment-editor"):
            with card(_("Whom to put on the list"), classes="fg-segment-rule"), ui.element("div").classes("fg-stack"):
                self._name = ui.input(_("Name of the segment")).props("maxlength=100")
                self._about = ui.input(_("Description"))
                self._text = ui.textarea(_("Ids, one a line"), on_change=self._edited).props("outlined rows=10 debounce=300")
                with ui.element("div").classes("fg-row"):
                    upload = ui.upload(on_upload=self._uploaded, auto_upload=True, max_file_size=LARGEST_FILE_BYTES)
                    upload.on("rejected", lambda: ui.notify(_("The file is larger than 20 MB."), type="warning"))
                    upload.props("accept=.csv,.tsv,.txt flat").classes("fg-hidden")
                    pick = ui.button(_("Read a file"), icon="upload_file", color=None).classes("fg-outlined")
                    pick.on("click", lambda: upload.run_method("pickFiles"))
                    ui.label(_("CSV or text; the first column holds the ids.")).classes("fg-hint")
            with card(_("Found"), classes="fg-segment-preview"), ui.element("div").classes("fg-stack"):
                self._found_box = ui.element("div").classes("fg-found").props("aria-live=polite")
                self._save = ui.button(_("Save the list"), icon="check", on_click=self._keep)
                reserved("strategy:write", self._save)
        self._turn = 0
        self._found = FoundIds(0, (), 0)
        self._show()

    async def _uploaded(self, event: UploadEventArguments) -> None:
        self._text.value = await work(ids_of_file, await event.file.read())

    async def _edited(self) -> None:
        self._turn += 1
        turn = self._turn
        found = await work(find_ids, str(self._text.value or ""))
        if turn == self._turn and not self._found_box.is_deleted:
            self._found = found
            self._show()

    def _show(self) -> None:
        found = self._found
        self._found_box.clear()
        with self._found_box:
            count = found.people
            ui.label(ngettext("{count} person", "{count} people", count, count=number(count))).classes("fg-preview-people fg-num")
            if not found.given:
                ui.label(_("Paste ids, or read a file: they are looked up at once.")).classes("fg-hint")
                return
            ui.label(ngettext("of {count} id", "of {count} ids", found.given, count=number(found.given))).classes("fg-hint")
            if found.unknown:
                _unknown(found.unknown)

    async def _keep(self) -> None:
        # What stands in the field now, which may be newer than what was found.
        name, text, about = (str(field.value or "") for field in (self._name, self._text, self._about))
        if await done(keep_list, name.strip(), text, about):
            ui.navigate.to(segment_url(name.strip()))


def _unknown(unknown: Sequence[str]) -> None:
    count = len(unknown)
    text = ngettext("{count} id that nobody has:", "{count} ids that nobody has:", count, count=number(count))
    ui.label(text).classes("fg-warn")
    more = _("and {n} more", n=number(count - SHOWN_UNKNOWN)) if count > SHOWN_UNKNOWN else ""
    ui.label(_(", ").join([*unknown[:SHOWN_UNKNOWN], *([more] if more else [])])).classes("fg-hint fg-unknown-ids")
    ui.label(_("They are left out; save the list again once they are known.")).classes("fg-hint")
