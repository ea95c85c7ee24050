"""Tier schemes of one's own in the ops store: written and read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from finegrain.access.recording import record
from finegrain.audience.tiers.own.contract import OwnScheme, read_scheme
from finegrain.audience.tiers.own.errors import SchemeExistsError
from finegrain.audience.tiers.own.tables import TierSchemeTable

if TYPE_CHECKING:
    from finegrain.store.ops import OpsStore


class KeptSchemes:
    """Keeps schemes. Safe to use from several threads.

    Args:
        ops: where they are kept.
    """

    def __init__(self, ops: OpsStore) -> None:
        self._ops = ops

    def put(self, scheme: OwnScheme, *, replace: bool) -> None:
        """Write a scheme.

        Raises:
            SchemeExistsError: the name is taken, and nothing is to be replaced.
        """
        with self._ops.session() as session:
            row = session.get(TierSchemeTable, scheme.name)
            if row is not None and not replace:
                raise SchemeExistsError(name=scheme.name)
            before = None if row is None else dict(row.definition)
            session.merge(
                TierSchemeTable(name=scheme.name, definition=scheme.definition(), made_at=scheme.made_at, made_by=scheme.made_by)
            )
            record(session, "tier_scheme.save", scheme.name, before=before, after=scheme.definition())

    def drop(self, scheme: OwnScheme) -> None:
        """Forget a scheme."""
        with self._ops.session() as session:
            session.execute(delete(TierSchemeTable).where(TierSchemeTable.name == scheme.name))
            record(session, "tier_scheme.delete", scheme.name, before=scheme.definition())

    def all(self) -> tuple[OwnScheme, ...]:
        """Give all schemes by name."""
        with self._ops.reading() as session:
            return tuple(_scheme(row) for row in session.scalars(select(TierSchemeTable).order_by(TierSchemeTable.name)))

    def find(self, name: str) -> OwnScheme | None:
        """Give one scheme; None where there is none of this name."""
        with self._ops.reading() as session:
            row = session.get(TierSchemeTable, name)
            return None if row is None else _scheme(row)


def _scheme(row: TierSchemeTable) -> OwnScheme:
    read = read_scheme(row.definition)
    return OwnScheme(read.name, read.label, read.description, read.tiers, read.rest, row.made_at, row.made_by)
