"""An event that voids the chains of a funnel, and between which of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.parts.event import EventPart
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.console.pages.analysis.parts.base import FormContext

_LAST = 0


class ExclusionPart(EventPart):
    """One event that must not lie between two steps.

    Args:
        context: of the form.
        label: name of the field, for screen readers.
        value: the exclusion as JSON; None for none yet.
        steps: gives how many steps the funnel has now.
        options: as ``EventPart`` takes them.
    """

    def __init__(self, context: FormContext, label: str, value: Any, *, steps: Callable[[], int], **options: Any) -> None:
        given: dict[str, Any] = dict(value) if isinstance(value, dict) else {"event": value or ""}
        after, before = given.pop("after_step", 1), given.pop("before_step", _LAST)
        super().__init__(context, label, given, **options)
        self._steps = steps
        with self.extra:
            self._after = ui.select(self._afters(after), value=after, on_change=context.on_change)
            self._after.props["aria-label"] = _("Counts after step")
            self._before = ui.select(self._befores(before), value=before, on_change=context.on_change)
            self._before.props["aria-label"] = _("Counts before step")

    def value(self) -> Any:
        """Give the exclusion as JSON."""
        event = super().value()
        between = {"after_step": self._after.value, "before_step": self._before.value}
        more = {name: step for name, step in between.items() if step != (1 if name == "after_step" else _LAST)}
        if event is None or not more:
            return event
        return {**(event if isinstance(event, dict) else {"event": event}), **more}

    def offer(self) -> None:
        """Offer the steps that the funnel has now."""
        super().offer()
        self._after.set_options(self._afters(self._after.value), value=self._after.value)
        self._before.set_options(self._befores(self._before.value), value=self._before.value)

    def _afters(self, chosen: int) -> dict[int, str]:
        return {step: _("after step {n}", n=step) for step in sorted({*range(1, max(2, self._steps())), chosen})}

    def _befores(self, chosen: int) -> dict[int, str]:
        later = sorted({*range(2, self._steps()), chosen} - {_LAST})
        return {_LAST: _("before the last step")} | {step: _("before step {n}", n=step) for step in later}
