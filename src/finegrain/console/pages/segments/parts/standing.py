"""The controls of conditions on orders, tiers, segments, channels and messages."""

from __future__ import annotations

from nicegui import ui

from finegrain.audience.rules.contract import DAYS_SINCE
from finegrain.audience.segments.previewing import CHANNELS
from finegrain.console.holder import workspace
from finegrain.console.pages.segments.parts.base import ConditionForm
from finegrain.console.pages.segments.parts.numbers import NumberCell
from finegrain.i18n import N_, _

_FIGURES = {
    "purchases": N_("Number of purchases"),
    "revenue": N_("Revenue"),
    "average_order_value": N_("Average order value"),
    "days_since_last_purchase": N_("Days since the last purchase"),
    "days_since_first_purchase": N_("Days since the first purchase"),
}
_FATES = {
    "sent": N_("Messages sent"),
    "delivered": N_("Messages that arrived"),
    "opened": N_("Messages opened"),
    "clicked": N_("Messages clicked"),
}
CHANNEL_NAMES = {"email": N_("E-mail"), "sms": N_("Text message"), "push": N_("Push"), "wechat": N_("WeChat")}
_AMOUNTS = {"revenue", "average_order_value"}


def channel_name(channel: str) -> str:
    """Give the name of a channel in the reader's language; one of the workspace's own as it is."""
    return _(CHANNEL_NAMES[channel]) if channel in CHANNEL_NAMES else channel


class OrdersForm(ConditionForm):
    """A figure of the orders, how it compares, and in which time."""

    def draw(self) -> None:
        """Draw them."""
        figure = self.choice("orders", _("Figure"), {key: _(text) for key, text in _FIGURES.items()})
        figure.on_value_change(self._figure_chosen)
        self._number = NumberCell(self, self._unit())
        self._period = self.period("all")
        self._period.box.set_visibility(not self._looks_at_all)

    @property
    def _looks_at_all(self) -> bool:
        return self.values.get("orders") in DAYS_SINCE

    def _unit(self) -> str:
        if self._looks_at_all:
            return _("days")
        return workspace().currency if self.values.get("orders") in _AMOUNTS else ""

    def _figure_chosen(self) -> None:
        self._number.name_unit(self._unit())
        self._period.box.set_visibility(not self._looks_at_all)
        if self._looks_at_all and self._period.value() is not None:
            self._period.put("all")


class TierForm(ConditionForm):
    """Tiers, and the day on which somebody is in one of them."""

    def draw(self) -> None:
        """Draw them."""
        self.several("tier", _("Choose tiers"), self.catalogue.tiers)
        options = {False: _("now"), True: _("on a day")}
        when = ui.select(options, value=bool(self.values.get("at")), on_change=self._when_chosen).classes("fg-tree-op")
        when.props["aria-label"] = _("When")
        self._when, self._day = when, ui.input(value=self.values.get("at", ""), on_change=self.changed)
        self._day.props("type=date").classes("fg-tree-day").props["aria-label"] = _("Day")
        self._day.set_visibility(bool(when.value))
        self.hold("at", lambda: (self._day.value or None) if when.value else None)

    def _when_chosen(self) -> None:
        self._day.set_visibility(bool(self._when.value))
        self.changed()


class MovedForm(ConditionForm):
    """A scheme, tiers that somebody was in and is in, and in which time that changed."""

    def draw(self) -> None:
        """Draw them."""
        scheme = self.choice("moved", _("Choose a scheme"), self._schemes())
        scheme.on_value_change(self._scheme_chosen)
        with ui.element("div").classes("fg-tree-compare fg-tree-compare-wide"):
            self.word(_("from"))
            self._was = self.several("was", _("any tier"), self._tiers())
        with ui.element("div").classes("fg-tree-compare fg-tree-compare-wide"):
            self.word(_("to"))
            self._now = self.several("now", _("any tier"), self._tiers())
        self.period("30d")

    def _schemes(self) -> dict[str, str]:
        return {key.partition("/")[0]: text.partition(" · ")[0] for key, text in self.catalogue.tiers.items()}

    def _tiers(self) -> dict[str, str]:
        scheme = self.values.get("moved")
        parted = {key: text for key, text in self.catalogue.tiers.items() if key.partition("/")[0] == scheme}
        return {key.partition("/")[2]: text.partition(" · ")[2] for key, text in parted.items()}

    def _scheme_chosen(self) -> None:
        for select in (self._was, self._now):
            select.set_options(self._tiers(), value=[])


class SegmentForm(ConditionForm):
    """Another segment."""

    def draw(self) -> None:
        """Draw it."""
        self.word(_("is in"))
        self.choice("segment", _("Choose a segment"), self.catalogue.segments, with_input=True)


class ChannelForm(ConditionForm):
    """A channel, and for what."""

    def draw(self) -> None:
        """Draw them."""
        known = {name: channel_name(name) for name in CHANNELS}
        self.choice(self.condition.kind, _("Channel"), known, with_input=True, new_value_mode="add-unique")
        with ui.element("div").classes("fg-tree-compare"):
            self.word(_("for"))
            purpose = ui.input(value=self.values.get("purpose", "marketing"), on_change=self.changed)
            purpose.classes("fg-tree-choice").props["aria-label"] = _("Purpose")
        self.hold("purpose", lambda: None if purpose.value in {"", "marketing"} else purpose.value)


class MessagesForm(ConditionForm):
    """What became of messages, on which channel, how often and in which time."""

    def draw(self) -> None:
        """Draw them."""
        self.choice("messages", _("What became of them"), {key: _(text) for key, text in _FATES.items()})
        options = {"": _("on any channel"), **{name: channel_name(name) for name in CHANNELS}}
        channel = ui.select(options | self._own(options), value=self.values.get("channel", ""), on_change=self.changed)
        channel.classes("fg-tree-op-wide").props["aria-label"] = _("Channel")
        NumberCell(self)
        self.period("all")
        self.hold("channel", lambda: channel.value or None)

    def _own(self, options: dict[str, str]) -> dict[str, str]:
        channel = self.values.get("channel", "")
        return {} if channel in options else {channel: channel}


class PredictedForm(ConditionForm):
    """A figure that is predicted; there are none yet, so that its name stays as it is."""

    def draw(self) -> None:
        """Draw it."""
        self.word(str(self.values["predicted"]))
        NumberCell(self)
