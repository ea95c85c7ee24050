"""What a churn diagnosis says: who was compared, what marks the silent, what is at stake, and the people behind each number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from finegrain.behaviour.churn.report import sentences_of
from finegrain.behaviour.churn.signs import judge
from finegrain.behaviour.churn.strata import matched, strata_of
from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.result import Asked, Frames
from finegrain.i18n import Phrase, current_language, speaking

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from finegrain.behaviour.churn.contract import GroupName, Histories
    from finegrain.behaviour.churn.query import ChurnQuery
    from finegrain.behaviour.churn.signs import Judged, Sign
    from finegrain.behaviour.queries.report import Sentence
    from finegrain.behaviour.queries.scope import Scope


@dataclass(frozen=True)
class Compared:
    """Who was compared, in people.

    Attributes:
        silent, stayed: who went silent, and who stayed.
        matched_silent, matched_stayed: those of them for whom there is somebody alike in the other group.
        too_new, outside, back: left out; see ``LeftOut``.
        revenue_minor: what all silent people brought in the earlier period before their index moments.
    """

    silent: int
    stayed: int
    matched_silent: int
    matched_stayed: int
    too_new: int
    outside: int
    back: int
    revenue_minor: int


@dataclass(frozen=True, repr=False, eq=False)
class ChurnResult(Frames):
    """A churn diagnosis's answer.

    Attributes:
        asked: the question and its scope.
        currency: of all amounts.
        compared: how many people were compared, and how many left out.
        thin: whether there are too few people who are alike to judge anything.
        signs: what was found of each candidate, findings first, those with the most revenue at stake at the front.
        found: what all of it was counted from.
        judged: who is comparable for each sign, and who has it.
        is_matched: who of ``found`` has somebody alike in the other group.
    """

    asked: Asked
    currency: str
    compared: Compared
    thin: bool
    signs: tuple[Sign, ...]
    found: Histories
    judged: tuple[Judged, ...]
    is_matched: NDArray[np.bool_]

    columns: ClassVar = (
        "kind", "event", "verdict", "silent_with", "stayed_with", "share_silent", "share_stayed", "ratio", "q", "stake_minor",
    )  # fmt: skip
    """Those of ``to_arrow`` that fit beside each other on a screen."""

    @property
    def findings(self) -> tuple[Sign, ...]:
        """The signs that are findings, those with the most at stake first."""
        return tuple(sign for sign in self.signs if sign.verdict == "finding")

    def people(
        self, group: GroupName = "silent", *, matched: bool = False, sign: int | None = None, having: bool | None = None
    ) -> NDArray[np.int64]:
        """Give the ids of the people behind a number, ascending, each once.

        Args:
            group: who went silent, who stayed, or one of those left out.
            matched: only people for whom there is somebody alike in the other group.
            sign: place in ``signs``; only people who are comparable for it.
            having: of those, only people with the sign, or only those without.

        Raises:
            BadQueryError: there is no such sign, or the group was not compared.
        """
        if group not in {"silent", "stayed"}:
            return self._left_out(group, asks=matched or sign is not None or having is not None)
        wanted = self.found.silent == (group == "silent")
        if sign is None and having is not None:
            raise BadQueryError(field="sign", value=Phrase("missing"), allowed=Phrase("the sign that people have, or have not"))
        if matched:
            wanted = wanted & self.is_matched
        if sign is not None:
            wanted = wanted & self._judged_at(sign).comparable
            if having is not None:
                wanted = wanted & (self.judged[sign].candidate.has == having)
        ids: NDArray[np.int64] = self.found.person_id[wanted]
        return ids

    def _left_out(self, group: GroupName, *, asks: bool) -> NDArray[np.int64]:
        ids: dict[str, NDArray[np.int64]] = vars(self.found.left_out)
        if group not in ids or asks:
            raise BadQueryError(field="group", value=group, allowed=Phrase("silent or stayed: the others were not compared"))
        return ids[group]

    def _judged_at(self, sign: int) -> Judged:
        if not 0 <= sign < len(self.judged):
            allowed = Phrase("the place of one of the {count} signs, from 0", count=len(self.judged))
            raise BadQueryError(field="sign", value=sign, allowed=allowed)
        return self.judged[sign]

    def report(self, language: str | None = None) -> tuple[Sentence, ...]:
        """Give the answer as sentences with the numbers behind each, in ``language``, else in the reader's."""
        with speaking(language or current_language()):
            return sentences_of(self)

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as JSON values; the report is in the reader's language."""
        return {
            **self.asked.to_dict(),
            "currency": self.currency,
            "compared": dict(vars(self.compared)),
            "thin": self.thin,
            "message": None if self.found.message is None else self.found.message.name,
            "steps": [step.name for step in self.found.steps],
            "signs": [sign.to_dict() for sign in self.signs],
            "report": [sentence.to_dict() for sentence in self.report()],
        }

    def to_arrow(self) -> pa.Table:
        """Give one row a sign: the fields of ``Sign``, in their order."""
        import pyarrow as pa

        return pa.Table.from_pylist([dict(vars(sign)) for sign in self.signs], schema=_schema())

    def __repr__(self) -> str:
        found = ", ".join(f"{one.kind} {one.event} ×{one.ratio:.2f}" for one in self.findings) or "no finding"
        who = f"{self.compared.silent:,} silent, {self.compared.stayed:,} stayed"
        return f"ChurnResult({self.asked.first}..{self.asked.last}: {who}; {found})"


def churn_result(query: ChurnQuery, scope: Scope, found: Histories) -> ChurnResult:
    """Match people and judge every candidate."""
    stratum = strata_of(found, scope, query)
    alike = matched(found.silent, stratum)
    compared = _compared(found, alike)
    thin = min(compared.matched_silent, compared.matched_stayed) < query.least
    judged = judge(found, stratum, query, thin=thin)
    signs, bases = tuple(sign for sign, _ in judged), tuple(base for _, base in judged)
    return ChurnResult(Asked.of(query, scope), scope.currency, compared, thin, signs, found, bases, alike)


def _compared(found: Histories, alike: NDArray[np.bool_]) -> Compared:
    silent = found.silent
    return Compared(
        silent=int(silent.sum()),
        stayed=int((~silent).sum()),
        matched_silent=int((silent & alike).sum()),
        matched_stayed=int((~silent & alike).sum()),
        **{name: len(ids) for name, ids in vars(found.left_out).items()},
        revenue_minor=int(found.revenue_minor[silent].sum()),
    )


def _schema() -> pa.Schema:
    import pyarrow as pa

    texts = ("kind", "event", "following", "verdict")
    counts = ("silent", "silent_with", "stayed", "stayed_with")
    shares = ("share_silent", "share_stayed", "ratio", "low", "high", "p", "q", "attributable")
    kinds = {**dict.fromkeys(texts, pa.string()), **dict.fromkeys(counts, pa.int64()), **dict.fromkeys(shares, pa.float64())}
    return pa.schema(list({**kinds, "revenue_minor": pa.int64(), "stake_minor": pa.int64()}.items()))
