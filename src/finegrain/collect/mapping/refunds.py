"""How a file of orders marks cancellations and refunds: states that mean them, and prefixes of order numbers."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from finegrain.collect.mapping.profile import ColumnProfile

REFUND_STATES: tuple[str, ...] = (
    "cancelled",
    "canceled",
    "cancel",
    "refunded",
    "refund",
    "fully refunded",
    "returned",
    "return",
    "void",
    "voided",
    "chargeback",
    "charged back",
    "reversed",
    "取消",
    "已取消",
    "订单取消",
    "订单已取消",
    "交易取消",
    "用户取消",
    "买家取消",
    "系统取消",
    "退款",
    "已退款",
    "全额退款",
    "已全额退款",
    "退款成功",
    "退款完成",
    "退货",
    "已退货",
    "退货退款",
    "退货成功",
    "退货完成",
    "已退货退款",
    "交易关闭",
    "已关闭",
    "订单关闭",
)
"""States of an order that mean that it does not count, in the spelling of exports; compared without case and spaces."""
_PREFIXED = re.compile(r"([A-Za-z]{1,3})-?\d+")
_SQUEEZE = re.compile(r"\s+")


def refund_states(seen: Iterable[str]) -> tuple[str, ...]:
    """Give those of the states ``seen`` that mean cancelled or refunded."""
    known = {_squeezed(state) for state in REFUND_STATES}
    return tuple(state for state in seen if _squeezed(state) in known)


def suggest_prefix(fields: Mapping[str, ColumnProfile]) -> tuple[str, str] | None:
    """Give the prefix that marks refunds and an order number with it; None where there is none.

    A prefix is suggested when order numbers with it all have a quantity or amount below zero and hardly any other has.
    """
    order_id, sign = fields.get("order_id"), fields.get("quantity") or fields.get("amount")
    if order_id is None or sign is None:
        return None
    prefixes: Counter[str] = Counter()
    examples: dict[str, str] = {}
    contrary = set()
    for value, number in zip(order_id.values, sign.numbers, strict=True):
        match = _PREFIXED.fullmatch(value or "")
        if match is None or number is None:
            continue
        prefixes[match[1]] += 1
        examples.setdefault(match[1], match[0])
        if number > 0:
            contrary.add(match[1])
    found = [prefix for prefix, _count in prefixes.most_common() if prefix not in contrary]
    return (found[0], examples[found[0]]) if found else None


def _squeezed(state: str) -> str:
    return _SQUEEZE.sub("", state).casefold()
