"""Code and keys that can be copied with one click."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

# A page that is not served over TLS has no clipboard of its own; there the old way by a selection works still.
_COPY = """(event) => {
  const text = %s;
  const say = () => emitEvent('fg-copied-%s');
  const byHand = () => {
    const box = document.createElement('textarea');
    box.value = text; box.style.position = 'fixed'; box.style.opacity = 0;
    document.body.appendChild(box); box.select(); document.execCommand('copy'); box.remove();
    say();
  };
  if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(text).then(say, byHand); else byHand();
}"""


class Code:
    """A block of code with a button that copies it.

    Args:
        text: the code, shown as it is.
        label: what it is, for screen readers.
        marked: parts of it that stand out, such as the key.
    """

    def __init__(self, text: str, *, label: str, marked: Sequence[str] = ()) -> None:
        with ui.element("div").classes("fg-copy"):
            self._code = ui.html(_marked_up(text, marked), sanitize=False, tag="pre").classes("fg-code").props('tabindex="0"')
            self._code.props["aria-label"] = label
            button = ui.button(icon="content_copy", color=None).props("flat dense").classes("fg-tool fg-copy-button")
            button.props["aria-label"] = _("Copy: {what}", what=label)
        script = _COPY % (f"document.getElementById('{self._code.html_id}').innerText.trimEnd()", self._code.html_id)
        button.on("click", js_handler=script)
        ui.on(f"fg-copied-{self._code.html_id}", lambda: self._copied(button))

    def show(self, text: str, *, marked: Sequence[str] = ()) -> None:
        """Show other code."""
        self._code.set_content(_marked_up(text, marked))

    def _copied(self, button: ui.button) -> None:
        button.icon = "check"
        ui.notify(_("Copied"), type="positive", timeout=1_500)
        ui.timer(2.0, lambda: button.set_icon("content_copy"), once=True)


def copy_link_button() -> ui.button:
    """Draw a button that copies the address of the page as it is then."""
    button = ui.button(_("Copy link"), icon="link", color=None).classes("fg-outlined")
    button.on("click", js_handler=_COPY % ("window.location.href", button.html_id))
    ui.on(f"fg-copied-{button.html_id}", lambda: ui.notify(_("Copied"), type="positive", timeout=1_500))
    return button


def copy_field_button(field: ui.textarea) -> ui.button:
    """Draw a button that copies what stands in a field then."""
    button = ui.button(_("Copy"), icon="content_copy", color=None).classes("fg-outlined")
    text = f"(field => field.value ?? field.querySelector('textarea').value)(document.getElementById('{field.html_id}'))"
    button.on("click", js_handler=_COPY % (text, button.html_id))
    ui.on(f"fg-copied-{button.html_id}", lambda: ui.notify(_("Copied"), type="positive", timeout=1_500))
    return button


def _marked_up(text: str, marked: Sequence[str]) -> str:
    shown = html.escape(text)
    for part in marked:
        escaped = html.escape(part)
        shown = shown.replace(escaped, f'<b class="fg-code-mark">{escaped}</b>')
    return shown
