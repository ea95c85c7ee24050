"""The audit log as files: CSV and JSON Lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nicegui import app
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation
from starlette.responses import JSONResponse, Response

from finegrain.access.acting import require
from finegrain.access.errors import NotAllowedError
from finegrain.console.holder import workspace
from finegrain.console.pages.people.download import csv_response, sent_response
from finegrain.console.pages.settings.audit_rows import AUDIT, AuditAddress
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finegrain.access.contract import AuditEntry

AT_ONCE = 500


@app.get(f"{AUDIT}.csv", include_in_schema=False)
async def audit_csv(request: Request) -> Response:
    """Answer with the entries that the page shows, as a CSV file."""
    if answer := _refusal():
        return answer
    header = [_("Number"), _("When"), _("Kind"), _("Who"), _("From where"), _("What"), _("Of what"), _("Before"), _("After")]
    address = AuditAddress.parse(dict(request.query_params))
    return csv_response("audit", header, (map(_cells, part) for part in _parts(address)))


@app.get(f"{AUDIT}.jsonl", include_in_schema=False)
async def audit_jsonl(request: Request) -> Response:
    """Answer with the entries that the page shows, as a file with one JSON object a line."""
    if answer := _refusal():
        return answer
    address = AuditAddress.parse(dict(request.query_params))
    pieces = (b"".join(_line(entry) for entry in part) for part in _parts(address))
    return sent_response("audit.jsonl", pieces, "application/x-ndjson")


def _refusal() -> Response | None:
    try:
        require("admin")
    except NotAllowedError as error:
        return JSONResponse({"code": error.code, "message": error.message("en"), "facts": error.facts}, status_code=403)
    return None


def _parts(address: AuditAddress) -> Iterator[list[AuditEntry]]:
    log, filters, offset, before = workspace().access.audit, address.filters(workspace().zone), 0, float("inf")
    while part := log.search(**filters, limit=AT_ONCE, offset=offset):
        # Entries that were written meanwhile stand before these, and have pushed some of the last part into this one.
        yield [entry for entry in part if entry.seq < before]
        offset, before = offset + len(part), part[-1].seq


def _cells(entry: AuditEntry) -> list[object]:
    before, after = (json.dumps(each, ensure_ascii=False) if each is not None else "" for each in (entry.before, entry.after))
    who = (entry.actor_kind, entry.actor_name, entry.address)
    return [entry.seq, entry.at.isoformat(), *who, entry.action, entry.subject, before, after]


def _line(entry: AuditEntry) -> bytes:
    return json.dumps(entry.to_dict(), ensure_ascii=False).encode() + b"\n"
