"""Tiers for a workspace: computes schemes as of a moment, keeps their thresholds, suggests better ones."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Protocol

from finegrain.access.acting import require
from finegrain.audience.errors import UnknownSchemeError
from finegrain.audience.tiers import thresholds as th
from finegrain.audience.tiers.compute import compute, resolve
from finegrain.audience.tiers.contract import SCHEMES, Note, PersonOrder, SuggestionResult
from finegrain.audience.tiers.matrix import cross
from finegrain.audience.tiers.own.sorting import rules_of
from finegrain.audience.tiers.saved import SavedThresholds
from finegrain.audience.tiers.schemes import REGISTRY
from finegrain.audience.tiers.suggest import suggest
from finegrain.behaviour.facts import facts
from finegrain.i18n import N_
from finegrain.zones import MICROSECONDS_PER_DAY, from_us, to_us

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.tiers.contract import SchemeName, Threshold
    from finegrain.audience.tiers.matrix import MatrixResult
    from finegrain.audience.tiers.own.contract import OwnScheme
    from finegrain.audience.tiers.result import TierResult
    from finegrain.audience.tiers.schemes.base import Scheme, TierLabel
    from finegrain.audience.tiers.thresholds import Values
    from finegrain.behaviour.contract import PersonFacts
    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.behaviour.service import IndexService
    from finegrain.store.ops import OpsStore
    from finegrain.zones import Zone

TAKEN_BACK = ("refunded", "cancelled")
KEPT_RESULTS, KEPT_FACTS = 32, 2
"""Results kept for pages that ask again, and the sets of facts they may hold; a set takes 64 bytes a person, a result one."""


class OwnSchemes(Protocol):
    """Who knows the tier schemes of one's own; see ``own.service``."""

    def all(self) -> tuple[OwnScheme, ...]:
        """Give all of them by name."""
        ...

    def find(self, name: str) -> OwnScheme | None:
        """Give one; None where there is none of this name."""
        ...

    def state(self) -> tuple[object, ...]:
        """Give what changes with everything but the index that decides who is in which tier."""
        ...

    def scheme(self, own: OwnScheme, index: BehaviourIndex) -> Scheme[Any]:
        """Give one as it is computed over one state of the index."""
        ...

    def codes(
        self, own: OwnScheme, as_of: datetime, people: BehaviourIndex, everybody: BehaviourIndex, bounds_at: datetime
    ) -> NDArray[np.int8]:
        """Sort some people."""
        ...

    def turns(self, own: OwnScheme, as_of: datetime, person: BehaviourIndex, everybody: BehaviourIndex) -> tuple[int, ...]:
        """Give when time alone may move one person."""
        ...


class TierService:
    """Sorts everybody into tiers. Safe to use from several threads.

    Args:
        index: what people did.
        ops: where thresholds are kept.
        zone: in which moments are shown.
        currency: of all amounts.

    Attributes:
        changes: how often thresholds or schemes were saved, reset or deleted.
    """

    def __init__(self, index: IndexService, ops: OpsStore, zone: Zone, currency: str) -> None:
        self._index = index
        self._saved = SavedThresholds(ops)
        self._zone = zone
        self._currency = currency
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], TierResult] = OrderedDict()
        self._own: OwnSchemes | None = None
        self.changes = 0

    def learn_of(self, own: OwnSchemes) -> None:
        """Sort by schemes of one's own, too, from now on."""
        self._own = own

    def names(self) -> tuple[SchemeName, ...]:
        """Give the names of all schemes: those that are built in, then those of one's own by name."""
        return (*SCHEMES, *(scheme.name for scheme in self.own_schemes()))

    def own_schemes(self) -> tuple[OwnScheme, ...]:
        """Give the schemes of one's own by name."""
        return () if self._own is None else self._own.all()

    def label(self, scheme: SchemeName) -> str:
        """Give what a scheme is called: of one that is built in an English text, marked for translation.

        Raises:
            UnknownSchemeError: there is no such scheme.
        """
        return self._scheme(scheme).label

    def description(self, scheme: SchemeName) -> str:
        """Say what a scheme is for, likewise; may be empty.

        Raises:
            UnknownSchemeError: there is no such scheme.
        """
        return self._scheme(scheme).description

    def _scheme(self, name: SchemeName, index: BehaviourIndex | None = None) -> Scheme[Any]:
        built_in = REGISTRY.get(name)
        if built_in is not None:
            return built_in
        own = self._find_own(name)
        if own is None or self._own is None:
            raise UnknownSchemeError(name=name, allowed=", ".join(self.names()))
        return self._own.scheme(own, index or self._index.current())

    def _find_own(self, name: SchemeName) -> OwnScheme | None:
        return None if self._own is None or name in REGISTRY else self._own.find(name)

    def own_rules(self, scheme: SchemeName) -> tuple[tuple[str, ...], tuple[Rule, ...]] | None:
        """Give the keys of a scheme of one's own, and the rules of all but the last; None for one that is none."""
        own = self._find_own(scheme)
        return None if own is None else (own.keys, rules_of(own))

    def compute(
        self,
        scheme: SchemeName,
        as_of: datetime,
        thresholds: Mapping[str, Any] | None = None,
        *,
        index: BehaviourIndex | None = None,
    ) -> TierResult:
        """Sort everybody into the tiers of ``scheme``.

        Args:
            scheme: its name.
            as_of: only what happened before this moment counts; aware.
            thresholds: values that win over the saved ones for this call only.
            index: the one to ask, for several results that belong together; by default the current one.

        Raises:
            UnknownSchemeError: there is no such scheme.
            UnknownThresholdError: the scheme has no such threshold.
            BadThresholdError: a value cannot be used.
        """
        index = index or self._index.current()
        found = self._scheme(scheme, index)
        values = resolve(found, self._saved.read(found.name), thresholds)
        facts = self._index.facts(as_of, self._window_days(found, values), index)
        key = (found.name, facts.as_of_us, *values.values(), *self._state(found.name))
        with self._lock:
            kept = self._kept.get(key)
        if kept is None or kept.basis.facts is not facts:
            kept = compute(found, facts, values, zone=self._zone, currency=self._currency, orders_of=self._orders)
        self._keep(key, kept)
        return kept

    def codes(
        self, scheme: str, as_of: datetime, people: BehaviourIndex, everybody: BehaviourIndex, bounds_at: datetime
    ) -> tuple[tuple[str, ...], NDArray[np.int8]]:
        """Sort some people into the tiers of ``scheme``, with its saved thresholds.

        Args:
            scheme: its name.
            as_of: only what happened before this moment counts; aware.
            people: the index of everybody, or of one of them.
            everybody: the index of everybody, of which ``people`` is a part.
            bounds_at: as of when bounds that are read from the data are read; aware.

        Returns:
            The keys of the scheme's tiers, and ``(P,) int8`` by person code of ``people``: the place of each person's tier.

        Raises:
            UnknownSchemeError: there is no such scheme.
        """
        if people is everybody and bounds_at == as_of:
            assignment = self.compute(scheme, as_of, index=everybody).assignment
            return assignment.keys, assignment.codes
        own = self._find_own(scheme)
        if own is not None and self._own is not None:
            return own.keys, self._own.codes(own, as_of, people, everybody, bounds_at)
        found, values, of_them, bounds = self._part(scheme, as_of, people, everybody, bounds_at)
        return tuple(label.key for label in found.tiers(values)), found.classify(of_them, bounds)

    def turns(self, scheme: str, as_of: datetime, person: BehaviourIndex, everybody: BehaviourIndex) -> tuple[int, ...]:
        """Give the instants after ``as_of`` at which time alone may move one person to another tier, microseconds since 1970 UTC.

        Args:
            scheme: its name.
            as_of: only what happened before this moment counts, and bounds are those of this moment; aware.
            person: the index of the one person.
            everybody: the index of everybody.

        Raises:
            UnknownSchemeError: there is no such scheme.
        """
        own = self._find_own(scheme)
        if own is not None and self._own is not None:
            return self._own.turns(own, as_of, person, everybody)
        found, _values, of_one, bounds = self._part(scheme, as_of, person, everybody, as_of)
        window_us = of_one.as_of_us - of_one.window_start_us
        leaving = (person.order_time_us + window_us + 1).tolist() if found.uses_window else []
        return tuple(sorted({at for at in (*found.crossings(of_one, bounds), *leaving) if at > of_one.as_of_us}))

    def _part(
        self, scheme: str, as_of: datetime, people: BehaviourIndex, everybody: BehaviourIndex, bounds_at: datetime
    ) -> tuple[Scheme[Any], Values, PersonFacts, Any]:
        """Give a scheme with its thresholds, the facts of some people, and the bounds that hold for them."""
        found = self._scheme(scheme)
        values, as_of_us = resolve(found, self._saved.read(found.name)), to_us(as_of)
        of_them = facts(people, as_of_us, as_of_us - self._window_days(found, values) * MICROSECONDS_PER_DAY)
        if found.moving_bounds(values):
            return found, values, of_them, self.compute(found.name, bounds_at, index=everybody).basis.bounds
        return found, values, of_them, found.bounds(of_them, values, self._currency)

    def keys(self, scheme: str) -> tuple[str, ...]:
        """Give the keys of a scheme's tiers with its saved thresholds, in canonical order.

        Raises:
            UnknownSchemeError: there is no such scheme.
        """
        return tuple(label.key for label in self.labels(scheme))

    def labels(self, scheme: str) -> tuple[TierLabel, ...]:
        """Give key, name and description of a scheme's tiers with its saved thresholds, in canonical order.

        Raises:
            UnknownSchemeError: there is no such scheme.
        """
        found = self._scheme(scheme)
        return found.tiers(resolve(found, self._saved.read(found.name)))

    def _window_days(self, scheme: Scheme[Any], values: Values) -> int:
        # Schemes without a window of their own take that of RFM, so that a page with several schemes needs one set of facts.
        if scheme.uses_window:
            return scheme.window_days(values)
        rfm = REGISTRY["rfm"]
        return rfm.window_days(resolve(rfm, self._saved.read("rfm")))

    def _state(self, name: SchemeName) -> tuple[object, ...]:
        return () if self._own is None or name in REGISTRY else self._own.state()

    def _orders(self, person_id: int, as_of_us: int) -> tuple[PersonOrder, ...]:
        as_of = from_us(as_of_us)
        orders = [
            PersonOrder(to_us(order.time), order.net_minor, order.status not in TAKEN_BACK)
            for order in self._index.orders(person_id, as_of)
        ]
        refunds = self._index.unmatched_refunds(person_id, as_of)
        free = [PersonOrder(to_us(refund.time), -refund.amount_minor, is_purchase=False) for refund in refunds]
        return tuple(sorted(orders + free))

    def _keep(self, key: tuple[object, ...], result: TierResult) -> None:
        with self._lock:
            self._kept[key] = result
            self._kept.move_to_end(key)
            newest = list(dict.fromkeys(id(kept.basis.facts) for kept in reversed(self._kept.values())))[:KEPT_FACTS]
            for old in [name for name, kept in self._kept.items() if id(kept.basis.facts) not in newest]:
                del self._kept[old]
            while len(self._kept) > KEPT_RESULTS:
                self._kept.popitem(last=False)

    def matrix(
        self, rows: SchemeName, columns: SchemeName, as_of: datetime, thresholds: Mapping[str, Any] | None = None
    ) -> MatrixResult:
        """Cross two schemes, with their saved thresholds; a scheme may be crossed with itself.

        Args:
            rows: the name of one.
            columns: the name of the other.
            as_of: only what happened before this moment counts; aware.
            thresholds: of ``rows``, values that win over the saved ones for this call only.

        Raises:
            UnknownSchemeError: there is no such scheme.
            UnknownThresholdError: ``rows`` has no such threshold.
            BadThresholdError: a value cannot be used.
        """
        index = self._index.current()  # one for both: somebody may come in between
        return cross(self.compute(rows, as_of, thresholds, index=index), self.compute(columns, as_of, index=index))

    def suggest(self, scheme: SchemeName, as_of: datetime) -> SuggestionResult:
        """Suggest thresholds from what happened before ``as_of``, with the reasons; say so where the data are thin.

        Raises:
            UnknownSchemeError: there is no such scheme.
        """
        found = self._scheme(scheme)
        if found.name not in REGISTRY:
            return SuggestionResult(found.name, (), (Note(N_("A scheme of one’s own has rules instead of thresholds.")),))
        values = resolve(found, self._saved.read(found.name))
        facts = self._index.facts(as_of, self._window_days(found, values))
        return suggest(found.name, facts, self._index.gaps_days(as_of), self._currency)

    def thresholds(self, scheme: SchemeName) -> tuple[Threshold, ...]:
        """Give the thresholds of a scheme with the values that count in this workspace.

        Raises:
            UnknownSchemeError: there is no such scheme.
        """
        found = self._scheme(scheme)
        return th.with_values(found.declared, resolve(found, self._saved.read(found.name)), self._currency)

    def saved_thresholds(self, scheme: SchemeName) -> dict[str, float | str]:
        """Give what was saved of the thresholds of a scheme, by name; empty where it stands at its defaults.

        Raises:
            UnknownSchemeError: there is no such scheme.
        """
        return dict(sorted(self._saved.read(self._scheme(scheme).name).items()))

    def checked_thresholds(self, scheme: SchemeName, values: Mapping[str, Any]) -> dict[str, float | str]:
        """Give values for thresholds in their types, without saving them.

        Raises:
            UnknownSchemeError: there is no such scheme.
            UnknownThresholdError: the scheme has no such threshold.
            BadThresholdError: a value cannot be used.
        """
        found = self._scheme(scheme)
        resolve(found, values)
        return th.check(found.name, found.declared, values)

    def save_thresholds(self, scheme: SchemeName, values: Mapping[str, Any]) -> tuple[Threshold, ...]:
        """Save thresholds for this workspace; those not named keep what they have.

        Returns:
            All thresholds as they are now.

        Raises:
            UnknownSchemeError: there is no such scheme.
            UnknownThresholdError: the scheme has no such threshold.
            BadThresholdError: a value cannot be used; nothing is saved then.
        """
        require("data:write")
        found = self._scheme(scheme)
        checked = th.check(found.name, found.declared, values)
        resolve(found, self._saved.read(found.name), checked)
        self._saved.write(found.name, checked)
        self.changes += 1
        return self.thresholds(found.name)

    def reset_thresholds(self, scheme: SchemeName) -> tuple[Threshold, ...]:
        """Bring all thresholds of a scheme back to their defaults, and give them.

        Raises:
            UnknownSchemeError: there is no such scheme.
        """
        require("data:write")
        found = self._scheme(scheme)
        self._saved.clear(found.name)
        self.changes += 1
        return self.thresholds(found.name)
