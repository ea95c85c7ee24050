"""Files handed to the browser: CSV answers that are sent piece by piece, and the links to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import run, ui
from starlette.responses import StreamingResponse

from finegrain.access.acting import acting_as, current_actor
from finegrain.console.frame import framed_response
from finegrain.console.pages.people.export import csv_bytes
from finegrain.console.widgets.states import error_state
from finegrain.errors import FinegrainError, NotFoundError
from finegrain.i18n import N_, Language, current_language, speaking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from finegrain.access.contract import Actor


def csv_response(name: str, header: Sequence[str], chunks: Iterable[Iterable[Sequence[object]]]) -> Response:
    """Answer with a CSV file.

    Args:
        name: of the file, in ASCII, without its ending.
        header: names of the columns.
        chunks: groups of rows; each is made in a thread, in the reader's language, when the one before has been sent.
    """
    return sent_response(f"{name}.csv", csv_bytes(header, chunks), "text/csv; charset=utf-8")


def sent_response(name: str, pieces: Iterator[bytes], media_type: str) -> Response:
    """Answer with a file.

    Args:
        name: of the file, in ASCII.
        pieces: of its content; each is made in a thread, in the reader's language, when the one before has been sent.
        media_type: of the file.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_sent(pieces, current_language(), current_actor()), media_type=media_type, headers=headers)


def refused(request: Request, error: FinegrainError) -> Response:
    """Answer a request for a file that cannot be made with a page that says why."""
    status = 404 if isinstance(error, NotFoundError) else 400
    return framed_response(request, status, lambda: error_state(error), title=N_("No such file"))


def download_link(label: str, path: str) -> ui.button:
    """Give a button that downloads what lies at ``path``."""
    button = ui.button(label, icon="download", color=None).classes("fg-outlined")
    button.props["href"] = path
    button.props["download"] = True
    return button


async def _sent(pieces: Iterator[bytes], language: Language, actor: Actor) -> AsyncIterator[bytes]:
    def step() -> bytes | None:
        with speaking(language), acting_as(actor):
            return next(pieces, None)

    while (piece := await run.io_bound(step)) is not None:
        yield piece
