"""The dashboards of a workspace: keeps them, lets them be arranged, and answers their questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from finegrain.access.acting import require
from finegrain.access.recording import record
from finegrain.behaviour.dashboards.checking import (
    MOST_CARDS,
    MOST_DASHBOARDS,
    check_order,
    check_room,
    check_size,
    checked_name,
    checked_period,
    checked_query,
)
from finegrain.behaviour.dashboards.contract import Card, Dashboard
from finegrain.behaviour.dashboards.errors import DashboardExistsError, UnknownCardError, UnknownDashboardError
from finegrain.behaviour.dashboards.tables import DashboardCardTable, DashboardTable
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from finegrain.behaviour.queries.service import QueryService
    from finegrain.clock import Clock
    from finegrain.store.ops import OpsStore


class DashboardService:
    """Keeps dashboards. Safe to use from several threads; of two changes at the same time the later one stays.

    Whoever may ask sees all dashboards; to change them takes ``dashboard:write``.

    Args:
        ops: where they are kept.
        queries: answers their questions.
        clock: where the time comes from.
    """

    def __init__(self, ops: OpsStore, queries: QueryService, clock: Clock) -> None:
        self._ops = ops
        self._queries = queries
        self._clock = clock

    def make(self, name: str, *, period: str = "") -> Dashboard:
        """Make an empty dashboard.

        Args:
            name: 1 to 100 printable characters, not taken yet; spaces around it are left out.
            period: the period that all cards are asked for; empty where each keeps its own.

        Raises:
            NotAllowedError: the actor may not change dashboards.
            BadDashboardError: the name cannot be used, or there are 200 dashboards.
            BadPeriodError: the period cannot be read.
            DashboardExistsError: the name is taken.
        """
        actor = require("dashboard:write")
        name, period = checked_name(Phrase("name"), name), checked_period(period)
        with self._ops.session() as session:
            return self._get(session, self._insert(session, name, period, actor.name))

    def _insert(self, session: Session, name: str, period: str, actor: str) -> int:
        check_room(
            Phrase("number of dashboards"), session.scalar(select(func.count()).select_from(DashboardTable)) or 0, MOST_DASHBOARDS
        )
        _check_free(session, name)
        now = self._clock.now()
        made = {"name": name, "period": period, "made_at": now, "changed_at": now, "made_by": actor}
        number = session.execute(insert(DashboardTable).values(made).returning(DashboardTable.id)).scalar_one()
        record(session, "dashboard.make", name, after={"period": period})
        return number

    def all(self) -> tuple[Dashboard, ...]:
        """Give all dashboards by name.

        Raises:
            NotAllowedError: the actor may not ask.
        """
        require("query:read")
        with self._ops.reading() as session:
            cards = _cards_of(session, select(DashboardCardTable))
            rows = session.scalars(select(DashboardTable).order_by(DashboardTable.name)).all()
            return tuple(_dashboard(row, cards.get(row.id, [])) for row in rows)

    def get(self, number: int) -> Dashboard:
        """Give one dashboard.

        Raises:
            NotAllowedError: the actor may not ask.
            UnknownDashboardError: there is no such dashboard.
        """
        require("query:read")
        with self._ops.reading() as session:
            return self._get(session, number)

    def edit(
        self, number: int, *, name: str | None = None, period: str | None = None, order: Sequence[int] | None = None
    ) -> Dashboard:
        """Rename a dashboard, set its period, arrange its cards: all of it or nothing; what is None stays.

        Args:
            number: the dashboard's.
            name: as ``make`` takes it.
            period: likewise.
            order: the numbers of all its cards, each once.

        Raises:
            NotAllowedError: the actor may not change dashboards.
            UnknownDashboardError: there is no such dashboard.
            BadDashboardError: the name cannot be used, or a card is left out, named twice, or not there.
            BadPeriodError: the period cannot be read.
            DashboardExistsError: the name is taken.
        """
        new = {} if name is None else {"name": checked_name(Phrase("name"), name)}
        new |= {} if period is None else {"period": checked_period(period)}
        with self._ops.session() as session:
            before = self._changing(session, number)
            if new.get("name", before.name) != before.name:
                _check_free(session, new["name"])
            if order is not None:
                _arrange(session, before, order)
            return self._change(session, before, new)

    def rename(self, number: int, name: str) -> Dashboard:
        """Give a dashboard another name; see ``edit``."""
        return self.edit(number, name=name)

    def set_period(self, number: int, period: str) -> Dashboard:
        """Ask all cards of a dashboard for one period; empty lets each keep its own; see ``edit``."""
        return self.edit(number, period=period)

    def arrange(self, number: int, order: Sequence[int]) -> Dashboard:
        """Put the cards of a dashboard into an order; see ``edit``."""
        return self.edit(number, order=order)

    def duplicate(self, number: int, name: str) -> Dashboard:
        """Make a dashboard like another one, with the same cards.

        Raises:
            NotAllowedError: the actor may not change dashboards.
            UnknownDashboardError: there is no such dashboard.
            BadDashboardError: the name cannot be used, or there are 200 dashboards.
            DashboardExistsError: the name is taken.
        """
        actor = require("dashboard:write")
        name = checked_name(Phrase("name"), name)
        with self._ops.session() as session:
            original = self._get(session, number)
            made = self._insert(session, name, original.period, actor.name)
            for place, card in enumerate(original.cards):
                values = {key: value for key, value in card.to_dict().items() if key != "id"}
                session.execute(insert(DashboardCardTable).values(**values, dashboard=made, place=place))
            return self._get(session, made)

    def delete(self, number: int) -> None:
        """Forget a dashboard with its cards.

        Raises:
            NotAllowedError: the actor may not change dashboards.
            UnknownDashboardError: there is no such dashboard.
        """
        with self._ops.session() as session:
            gone = self._changing(session, number)
            session.execute(delete(DashboardCardTable).where(DashboardCardTable.dashboard == number))
            session.execute(delete(DashboardTable).where(DashboardTable.id == number))
            record(session, "dashboard.delete", gone.name, before={"cards": len(gone.cards)})

    def add(self, number: int, title: str, kind: str, query: Mapping[str, Any], *, width: int = 2, height: int = 2) -> Dashboard:
        """Put a question at the end of a dashboard.

        Args:
            number: the dashboard's.
            title: 1 to 100 printable characters.
            kind: the kind of query.
            query: its fields as JSON values.
            width: quarters of the page's width, 1 to 4.
            height: rows, 1 to 3.

        Raises:
            NotAllowedError: the actor may not change dashboards.
            UnknownDashboardError: there is no such dashboard.
            UnknownNameError: there is no such kind.
            BadQueryError: a field is unknown, missing, or has a value that it cannot take.
            BadDashboardError: title, size or length of the question cannot be, or there are 30 cards.
        """
        title, query = checked_name(Phrase("title"), title), checked_query(kind, query)
        check_size(width, height)
        with self._ops.session() as session:
            before = self._changing(session, number)
            check_room(Phrase("number of cards"), len(before.cards), MOST_CARDS)
            values = {"title": title, "kind": kind, "query": query, "width": width, "height": height}
            session.execute(insert(DashboardCardTable).values(**values, dashboard=number, place=len(before.cards)))
            record(session, "dashboard.add", before.name, after={"title": title, "kind": kind, "query": query})
            return self._touch(session, number)

    def change(
        self, number: int, card: int, *, title: str | None = None, width: int | None = None, height: int | None = None
    ) -> Dashboard:
        """Give a card another title or size; what is None stays.

        Raises:
            NotAllowedError: the actor may not change dashboards.
            UnknownDashboardError: there is no such dashboard.
            UnknownCardError: it has no such card.
            BadDashboardError: title or size cannot be.
        """
        with self._ops.session() as session:
            dashboard = self._changing(session, number)
            before = _card(dashboard, card)
            new: dict[str, Any] = {
                "title": before.title if title is None else checked_name(Phrase("title"), title),
                "width": before.width if width is None else width,
                "height": before.height if height is None else height,
            }
            check_size(new["width"], new["height"])
            session.execute(update(DashboardCardTable).where(DashboardCardTable.id == card).values(new))
            record(session, "dashboard.change", dashboard.name, before={name: vars(before)[name] for name in new}, after=new)
            return self._touch(session, number)

    def remove(self, number: int, card: int) -> Dashboard:
        """Take a card off a dashboard.

        Raises:
            NotAllowedError: the actor may not change dashboards.
            UnknownDashboardError: there is no such dashboard.
            UnknownCardError: it has no such card.
        """
        with self._ops.session() as session:
            dashboard = self._changing(session, number)
            gone = _card(dashboard, card)
            session.execute(delete(DashboardCardTable).where(DashboardCardTable.id == card))
            record(session, "dashboard.remove", dashboard.name, before={"title": gone.title, "kind": gone.kind})
            return self._touch(session, number)

    def answer(self, dashboard: Dashboard, card: Card, as_of: datetime) -> Any:
        """Answer the question of a card, over the dashboard's period where it has one.

        Raises:
            NotAllowedError: the actor may not ask.
            FinegrainError: the question can no longer be answered, such as after its segment was deleted.
        """
        require("query:read")
        period = {"period": dashboard.period} if dashboard.period else {}
        return self._queries.answer(card.kind, {**card.query, **period}, as_of)

    def _get(self, session: Session, number: int) -> Dashboard:
        row = session.get(DashboardTable, number)
        if row is None:
            raise UnknownDashboardError(dashboard=number)
        cards = _cards_of(session, select(DashboardCardTable).where(DashboardCardTable.dashboard == number))
        return _dashboard(row, cards.get(number, []))

    def _changing(self, session: Session, number: int) -> Dashboard:
        require("dashboard:write")
        return self._get(session, number)

    def _change(self, session: Session, before: Dashboard, new: Mapping[str, str]) -> Dashboard:
        if new:
            session.execute(update(DashboardTable).where(DashboardTable.id == before.id).values(new))
            record(session, "dashboard.change", before.name, before={name: vars(before)[name] for name in new}, after=dict(new))
        return self._touch(session, before.id)

    def _touch(self, session: Session, number: int) -> Dashboard:
        session.execute(update(DashboardTable).where(DashboardTable.id == number).values(changed_at=self._clock.now()))
        session.expire_all()
        return self._get(session, number)


def _cards_of(session: Session, which: Select[DashboardCardTable]) -> dict[int, list[Card]]:
    found: dict[int, list[Card]] = {}
    for row in session.scalars(which.order_by(DashboardCardTable.place, DashboardCardTable.id)):
        found.setdefault(row.dashboard, []).append(Card(row.id, row.title, row.kind, row.query, row.width, row.height))
    return found


def _dashboard(row: DashboardTable, cards: list[Card]) -> Dashboard:
    return Dashboard(row.id, row.name, row.period, tuple(cards), row.made_at, row.changed_at, row.made_by)


def _card(dashboard: Dashboard, number: int) -> Card:
    card = dashboard.card(number)
    if card is None:
        raise UnknownCardError(name=dashboard.name, card=number)
    return card


def _arrange(session: Session, before: Dashboard, order: Sequence[int]) -> None:
    there = [card.id for card in before.cards]
    check_order(order, there)
    for place, card in enumerate(order):
        session.execute(update(DashboardCardTable).where(DashboardCardTable.id == card).values(place=place))
    record(session, "dashboard.arrange", before.name, before={"cards": there}, after={"cards": list(order)})


def _check_free(session: Session, name: str) -> None:
    if session.scalar(select(DashboardTable.id).where(DashboardTable.name == name)) is not None:
        raise DashboardExistsError(name=name)
