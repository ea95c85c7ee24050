"""What all controls of a form have in common: a field's value, and a place for what is wrong with it."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nicegui import ui

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from finegrain.console.pages.analysis.catalogue import Catalogue

_PLACE = re.compile(r"\[(\d+)\]\.?(.*)")


@dataclass(frozen=True)
class FormContext:
    """What controls know of the form around them.

    Attributes:
        catalogue: what pickers offer.
        on_change: is called after each change by the user.
        events: gives the names of the events that the form holds now.
    """

    catalogue: Catalogue
    on_change: Callable[[], object]
    events: Callable[[], list[str]]


class Part(ABC):
    """One control. It is changed in place and never drawn anew, so that what is being typed stays."""

    @abstractmethod
    def value(self) -> Any:
        """Give the field as a JSON value; None leaves it at its default."""

    @abstractmethod
    def complain(self, path: str, text: str) -> bool:
        """Say what is wrong at ``path`` inside the field, and whether there is a place for it; nothing with an empty text."""

    def events(self) -> list[str]:
        """Give the names of events that it holds."""
        return []

    def offer(self) -> None:  # noqa: B027 - most controls offer the same whatever the events are
        """Bring what it offers up to date with the events that the form holds now."""

    def is_missing(self) -> bool:
        """Say whether it is still empty though the query needs it."""
        return False


class Control(Part):
    """A part with one place for what is wrong with it, wherever inside."""

    box: ui.element
    problem: Problem

    def complain(self, path: str, text: str) -> bool:
        """Say what is wrong with it."""
        del path
        self.problem.say(text)
        return True


class Problem:
    """The line under a control that says what is wrong with it."""

    def __init__(self) -> None:
        self._label = ui.label().classes("fg-ask-field-problem").props("role=alert")
        self.say("")

    def say(self, text: str) -> None:
        """Say ``text``; nothing when empty."""
        self._label.text = text
        self._label.set_visibility(bool(text))


def place_in(path: str) -> tuple[int, str] | None:
    """Read which item of a list a path is about, and what of it; None where it is about the list.

    Examples:
        >>> place_in("[1].filters[0]"), place_in("")
        ((1, 'filters[0]'), None)
    """
    found = _PLACE.match(path)
    return (int(found[1]), found[2]) if found else None


@contextmanager
def labelled(label: str, *, classes: str = "", help_: str = "") -> Iterator[ui.element]:
    """Draw a label above a control that is made inside the block, and its help on hover; the control names itself."""
    with ui.element("div").classes(f"fg-ask-field {classes}") as box:
        if label:
            ui.label(label).classes("fg-ask-field-label").props('aria-hidden="true"')
        yield box
    if help_:
        box.tooltip(help_)


def as_number(text: str) -> float | str:
    """Read a number that was typed; what is none is given as it is, for the query to refuse.

    Examples:
        >>> as_number("3"), as_number("2.5"), as_number("x")
        (3, 2.5, 'x')
    """
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def icon_button(icon: str, label: str, on_click: Callable[[], object]) -> ui.button:
    """Draw a small button that is only an icon, named for screen readers and on hover."""
    button = ui.button(icon=icon, on_click=on_click, color=None).props("flat dense round size=sm").classes("fg-mini")
    button.props["aria-label"] = label
    button.tooltip(label)
    return button


def add_button(label: str, on_click: Callable[[], object]) -> ui.button:
    """Draw a quiet button that adds a row."""
    return ui.button(label, icon="add", on_click=on_click, color=None).props("flat dense").classes("fg-add")
