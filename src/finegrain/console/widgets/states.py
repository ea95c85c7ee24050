"""What stands where there is nothing yet to show: empty, loading, failed, not found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.errors import FinegrainError
from finegrain.i18n import _, current_language, translate

if TYPE_CHECKING:
    from collections.abc import Callable


def empty_state(icon: str, title: str, explanation: str = "", *, actions: Callable[[], object] | None = None) -> ui.element:
    """Say that there is nothing here yet, and what to do about it.

    Args:
        icon: name of a Material icon.
        title: shown as it is.
        explanation: shown as it is, under the title.
        actions: builds the buttons or links under the text.
    """
    box = ui.element("div").classes("fg-state")
    with box:
        ui.icon(icon).classes("fg-state-icon").props('aria-hidden="true"')
        ui.label(title).classes("fg-state-title").props("role=heading aria-level=2")
        if explanation:
            ui.label(explanation).classes("fg-state-text")
        if actions:
            with ui.element("div").classes("fg-actions"):
                actions()
    return box


def error_state(error: Exception, *, retry: Callable[[], object] | None = None) -> ui.element:
    """Say what went wrong, its code and the remedy; offer to try again where ``retry`` is given."""
    box = ui.element("div").classes("fg-state fg-state-error").props("role=alert")
    problem, remedy, code = _words(error)
    with box:
        ui.icon("error_outline").classes("fg-state-icon").props('aria-hidden="true"')
        ui.label(problem).classes("fg-state-title")
        if remedy:
            ui.label(remedy).classes("fg-state-text")
        ui.label(_("Code: {code}", code=code)).classes("fg-state-code")
        if retry:
            ui.button(_("Try again"), icon="refresh", on_click=retry).props("outline")
    return box


def not_found_state() -> None:
    """Say that there is no page at this address, and lead back."""
    empty_state(
        "explore_off",
        _("There is no page at this address"),
        _("It may have been moved, or the link may be incomplete."),
        actions=lambda: button_link(_("Go to the overview"), "/"),
    )


def skeleton(height: str = "120px", *, lines: int = 0) -> ui.element:
    """Hold the place of a card while its figures load.

    Args:
        height: of the block, any CSS length.
        lines: draw so many lines of text instead of one block.
    """
    box = ui.element("div").classes("fg-skeleton").props('aria-hidden="true"')
    box.style(f"min-height:{height}")
    with box:
        for _line in range(lines):
            ui.element("div").classes("fg-skeleton-line")
    return box


def button_link(label: str, path: str, *, icon: str | None = None, primary: bool = True) -> ui.button:
    """Give a link that looks like a button."""
    button = ui.button(label, icon=icon) if primary else ui.button(label, icon=icon, color=None).classes("fg-outlined")
    button.props["href"] = path
    return button


def _words(error: Exception) -> tuple[str, str, str]:
    if not isinstance(error, FinegrainError):
        return (
            _("Something went wrong that we did not foresee"),
            _("Try again. If it stays, the server's log names the cause."),
            "internal",
        )
    language = current_language()
    problem, remedy = (translate(text, language).format(**error.facts) for text in (error.problem, error.remedy))
    return problem, remedy, error.code
