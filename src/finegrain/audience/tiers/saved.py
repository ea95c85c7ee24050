"""The thresholds that somebody saved for this workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from finegrain.access.recording import record
from finegrain.audience.tables import TierThresholdTable

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from finegrain.audience.tiers.contract import SchemeName
    from finegrain.audience.tiers.thresholds import Values
    from finegrain.store.ops import OpsStore


class SavedThresholds:
    """Keeps thresholds in the ops store.

    Args:
        ops: the ops store.
    """

    def __init__(self, ops: OpsStore) -> None:
        self._ops = ops

    def read(self, scheme: SchemeName) -> Values:
        """Give the saved values of a scheme; empty when it stands at its defaults."""
        with self._ops.reading() as session:
            return _saved(session, scheme)

    def write(self, scheme: SchemeName, values: Values) -> None:
        """Save ``values`` over what was saved under the same names; other names keep what they have."""
        with self._ops.session() as session:
            before = _saved(session, scheme)
            for name, value in values.items():
                session.merge(TierThresholdTable(scheme=scheme, name=name, value=value))
            record(session, "tiers.save", scheme, before=before, after={**before, **values})

    def clear(self, scheme: SchemeName) -> None:
        """Forget all saved values of a scheme."""
        with self._ops.session() as session:
            record(session, "tiers.reset", scheme, before=_saved(session, scheme), after={})
            session.execute(delete(TierThresholdTable).where(TierThresholdTable.scheme == scheme))


def _saved(session: Session, scheme: SchemeName) -> dict[str, Any]:
    query = select(TierThresholdTable.name, TierThresholdTable.value).where(TierThresholdTable.scheme == scheme)
    return {row.name: row.value for row in session.execute(query)}
