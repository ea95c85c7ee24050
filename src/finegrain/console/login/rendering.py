"""The pages on which somebody logs in, as HTML: every text that is not ours is escaped."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from finegrain.console import preferences
from finegrain.console.logo import LOGO
from finegrain.console.text import OTHER, TAGS, language_tag
from finegrain.console.theme import PRIMARY, style_sheet
from finegrain.i18n import _, current_language

if TYPE_CHECKING:
    from finegrain.errors import FinegrainError

_FOLDER = Path(__file__).parent


def form_page(
    title: str, fields: str, *, hint: str = "", error: FinegrainError | None = None, status: int = 200, switch: str = ""
) -> HTMLResponse:
    """Give a page with one card.

    Args:
        title: of the card.
        fields: HTML of the form, its texts escaped already.
        hint: a quiet line under the title.
        error: what went wrong before.
        status: of the answer.
        switch: address with a query that gives the same page, where the parameter ``language`` chooses another one.
    """
    template = Template((_FOLDER / "page.html").read_text(encoding="utf-8"))
    style = f"{style_sheet()}\n:root{{--fg-primary:{PRIMARY}}}\n{(_FOLDER / 'login.css').read_text(encoding='utf-8')}"
    html = template.substitute(
        tag=language_tag(),
        title=escape(title),
        style=style,
        theme="body--dark" if preferences.dark() else "",
        logo=LOGO,
        hint=f"<p>{escape(hint)}</p>" if hint else "",
        error=f'<p class="fg-login-error" role="alert">{escape(error.message(current_language()))}</p>' if error else "",
        body=fields,
        foot=f"<span>{escape(_('Precision operations'))}</span>{_switch(switch) if switch else ''}",
    )
    return HTMLResponse(html, status_code=status, headers={"cache-control": "no-store"})


def _switch(switch: str) -> str:
    other, name = OTHER[current_language()]
    return f'<a href="{escape(f"{switch}&language={other}")}" lang="{TAGS[other]}">{escape(name)}</a>'


def form(action: str, *fields: str, button: str) -> str:
    """Give a form of fields that were escaped already, sent to ``action`` by a button."""
    return (
        f'<form method="post" action="{escape(action)}">{"".join(fields)}<button type="submit">{escape(button)}</button></form>'
    )


def field(name: str, label: str, *, kind: str = "text", complete: str = "off", value: str = "", focus: bool = False) -> str:
    """Give one field that must be filled.

    Args:
        name: as it is sent.
        label: shown above.
        kind: of the input: text, password.
        complete: what the browser may fill in.
        value: what stands in it.
        focus: whether the cursor stands in it.
    """
    extra = ' autofocus=""' if focus else ""
    return (
        f'<label>{escape(label)}<input name="{escape(name)}" type="{kind}" autocomplete="{complete}" '
        f'value="{escape(value)}" required{extra}></label>'
    )


def hidden(name: str, value: str) -> str:
    """Give a field that is sent unseen."""
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'


def link_button(label: str, path: str) -> str:
    """Give a link that looks like a button."""
    return f'<a class="fg-login-button" href="{escape(path)}">{escape(label)}</a>'
