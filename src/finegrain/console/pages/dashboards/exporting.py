"""A dashboard as a file: one HTML page that loads nothing, and a picture; both made of what the browser shows."""

from __future__ import annotations

import json
from dataclasses import fields
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.text import language_tag
from finegrain.console.theme import FONT, palette
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.behaviour.dashboards.contract import Dashboard
    from finegrain.console.pages.analysis.contract import ResultTable
    from finegrain.console.pages.dashboards.board_card import BoardCard

_HERE = Path(__file__).parent
_PICTURE, _PAGE = ((_HERE / name).read_text(encoding="utf-8").partition("\n")[2] for name in ("picture.js", "page.js"))
_TIMEOUT_S = 30.0
MOST_ROWS = 200
"""Rows of a table in the file; more make it slow to open."""
_STYLE = """
body{margin:0;padding:32px;background:var(--page);color:var(--text);font-family:%s;font-size:14px}
h1{font-size:22px;margin:0 0 4px}h2{font-size:15px;margin:0 0 10px}.quiet{color:var(--muted)}
main{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:16px;margin-top:20px}
section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:16px 18px;overflow:auto;min-width:0}
.w1{grid-column:span 1}.w2{grid-column:span 2}.w3{grid-column:span 3}.w4{grid-column:span 4}
@media(max-width:900px){main{grid-template-columns:minmax(0,1fr)}main>section{grid-column:span 1}}
svg{width:100%%;height:auto}dl{display:flex;gap:4px 24px;flex-wrap:wrap;margin:0 0 8px}dt{color:var(--muted);font-size:12px}
dd{margin:0;font-size:18px;font-weight:600}summary{cursor:pointer;color:var(--muted)}
table{border-collapse:collapse;margin-top:8px}th,td{padding:3px 10px 3px 0;text-align:left;border-bottom:1px solid var(--line)}
td{font-variant-numeric:tabular-nums}
"""


def save_picture(board: Dashboard) -> None:
    """Let the browser save what it shows as a PNG file."""
    ui.run_javascript(f"({_PICTURE})({json.dumps(file_name(board))})", timeout=_TIMEOUT_S)


def save_page(board: Dashboard, cards: Sequence[BoardCard], moment: str) -> None:
    """Let the browser save the dashboard as one HTML file, whose charts are drawings.

    Args:
        board: the dashboard.
        cards: those on the page, in order.
        moment: as of when it was answered, written out.
    """
    charts = {_mark(card): card.chart.id for card in cards if card.chart is not None}
    words = ", ".join(json.dumps(part) for part in (file_name(board), page_of(board, cards, moment), charts))
    ui.run_javascript(f"return await ({_PAGE})({words})", timeout=_TIMEOUT_S)


def file_name(board: Dashboard) -> str:
    """Give the name of a file, in ASCII, without its ending."""
    return f"dashboard-{board.id}"


def page_of(board: Dashboard, cards: Sequence[BoardCard], moment: str) -> str:
    """Give the page, with a mark where each chart belongs."""
    colours = palette()
    variables = "".join(f"--{field.name.replace('_', '-')}:{getattr(colours, field.name)};" for field in fields(colours))
    style = f":root{{{variables}}}{_STYLE % FONT}"
    sections = "".join(_section(card) for card in cards)
    told = escape(_("As of {moment}", moment=moment))
    return (
        f'<!doctype html><html lang="{language_tag()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(board.name)}</title><style>{style}</style></head><body>"
        f'<h1>{escape(board.name)}</h1><div class="quiet">{told}</div><main>{sections}</main></body></html>'
    )


def _section(card: BoardCard) -> str:
    answer = card.answer
    head = f'<section class="w{card.card.width}"><h2>{escape(card.card.title)}</h2>'
    if answer is None or answer.empty:
        nothing = escape(_("Nothing to show."))
        return f'{head}<div class="quiet">{nothing}</div></section>'
    asked = answer.result.asked
    figures = "".join(f"<div><dt>{escape(one.label)}</dt><dd>{escape(one.text)}</dd></div>" for one in answer.figures)
    period = f'<div class="quiet">{asked.first} – {asked.last} · {escape(asked.zone)}</div>'
    return f"{head}{period}<dl>{figures}</dl>{_mark(card)}{_table(answer.table)}</section>"


def _table(table: ResultTable) -> str:
    head = "".join(f"<th>{escape(column.label)}</th>" for column in table.columns)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell.text)}</td>" for cell in row) + "</tr>" for row in table.rows[:MOST_ROWS])
    summary = escape(_("Figures"))
    return f"<details><summary>{summary}</summary><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></details>"


def _mark(card: BoardCard) -> str:
    return f"<!--chart {card.card.id}-->"
