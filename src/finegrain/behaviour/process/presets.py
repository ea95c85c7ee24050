"""The usual processes of a shop, and how their steps are found among the events that exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.contract import EventMatch
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Process:
    """A usual process: by step, the names that its event goes by; and the property that tells a completion's value."""

    steps: tuple[tuple[str, ...], ...]
    value: str


_VIEWED = ("Product Viewed", "view_item", "ViewProduct", "商品浏览", "浏览商品")
_ADDED = ("Product Added", "add_to_cart", "AddToShoppingCart", "加入购物车", "加购")
_CHECKOUT = ("Checkout Started", "begin_checkout", "提交订单")
_PAYING = ("Payment Info Entered", "add_payment_info", "填写支付信息")
_ORDERED = ("Order Completed", "Order Placed", "purchase", "PayOrder", "支付订单")
_SIGNING = ("Sign Up Started", "Signup Started", "Registration Started", "sign_up_start", "开始注册")
_SIGNED = ("Signed Up", "Sign Up", "Account Created", "sign_up", "SignUp", "$SignUp", "注册")
PROCESSES: dict[str, Process] = {
    "purchase": Process((_VIEWED, _ADDED, _CHECKOUT, _PAYING, _ORDERED), "total"),
    "sign_up": Process((_SIGNING, _SIGNED, _VIEWED, _ADDED, _ORDERED), "total"),
}
"""By name: names of the tracking specifications of Segment, Google Analytics 4 and 神策, and usual Chinese ones."""


def usual_steps(preset: str, known: Sequence[str]) -> tuple[tuple[EventMatch, ...], str]:
    """Give the steps of a usual process that exist, and the property that tells a completion's value.

    Args:
        preset: one of ``PROCESSES``.
        known: the names of all events that were ever stored.

    Raises:
        BadQueryError: fewer than two of the process's events were ever stored.
    """
    process = PROCESSES[preset]
    found = [tuple(name for name in names if name in known) for names in process.steps]
    steps = tuple(EventMatch(names[0] if len(names) == 1 else names) for names in found if names)
    if len(steps) < 2:  # noqa: PLR2004 - a process has at least a beginning and an end
        wanted = ", ".join(names[0] for names in process.steps)
        allowed = Phrase("one whose events exist ({names}), or steps of your own", names=wanted)
        raise BadQueryError(field="preset", value=preset, allowed=allowed)
    return steps, process.value
