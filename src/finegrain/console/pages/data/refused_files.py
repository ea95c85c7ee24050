"""Refused items as files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nicegui import app
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation
from starlette.responses import Response

from finegrain.console.holder import workspace
from finegrain.console.masked import shown_raw, shown_text
from finegrain.console.pages.data.addresses import REFUSED
from finegrain.console.pages.data.refused_rows import RefusedAddress, all_letters, letter_dict
from finegrain.console.pages.people.download import csv_response
from finegrain.console.text import work
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finegrain.collect.pipeline.letters import RefusedLetter


@app.get(f"{REFUSED}.csv", include_in_schema=False)
async def refused_csv(request: Request) -> Response:
    """Answer with the items that the page shows, as a CSV file."""
    address = await work(RefusedAddress.parse(dict(request.query_params)).checked, workspace())
    header = [_("Received"), _("Source"), _("Format"), _("Reason"), _("What was wrong"), _("State"), _("What was sent")]
    return csv_response("refused", header, (map(_cells, part) for part in all_letters(workspace(), address)))


@app.get(f"{REFUSED}.json", include_in_schema=False)
async def refused_json(request: Request) -> Response:
    """Answer with the items that the page shows, as a file of one JSON list."""
    address = await work(RefusedAddress.parse(dict(request.query_params)).checked, workspace())
    body = await work(lambda: b"".join(_json_pieces(address)))
    headers = {"Content-Disposition": 'attachment; filename="refused.json"', "Cache-Control": "no-store"}
    return Response(body, media_type="application/json", headers=headers)


def _cells(letter: RefusedLetter) -> list[object]:
    received = letter.received_at.isoformat()
    detail, raw = shown_text(letter.detail), shown_raw(letter.raw)
    return [received, letter.source, letter.format, letter.reason, detail, letter.status, raw]


def _json_pieces(address: RefusedAddress) -> Iterator[bytes]:
    before = b"[\n"
    for part in all_letters(workspace(), address):
        for letter in part:
            yield before + json.dumps(letter_dict(letter), ensure_ascii=False).encode()
            before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"
