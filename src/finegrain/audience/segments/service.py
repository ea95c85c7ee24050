"""The segments of a workspace: lists of people and rules under names, given back as the people who are in them now."""

from __future__ import annotations

from dataclasses import replace as changed
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.access.acting import require
from finegrain.audience.rules.contract import InSegment, Reachable
from finegrain.audience.rules.reading import read_rule, write_rule
from finegrain.audience.segments.contract import RecomputeResult, Segment
from finegrain.audience.segments.errors import BadSegmentError
from finegrain.audience.segments.keeping import KeptSegments
from finegrain.audience.segments.members import packed
from finegrain.audience.segments.previewing import CHANNELS, SAMPLE, preview
from finegrain.behaviour.errors import UnknownSegmentError
from finegrain.i18n import Phrase
from finegrain.people.errors import UnknownPersonError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray

    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.rules.evaluating import Evaluation
    from finegrain.audience.rules.explaining import RuleExplanation
    from finegrain.audience.rules.service import RuleService
    from finegrain.audience.segments.contract import PreviewResult
    from finegrain.clock import Clock
    from finegrain.people.service import PeopleService
    from finegrain.store.ops import OpsStore

LONGEST_NAME, LONGEST_DESCRIPTION = 100, 2_000
FRESH_S = 120
"""How many seconds behind what was recomputed may be for a preview to stand on it; it is recomputed every minute."""


class SegmentService:
    """Keeps segments, and says who is in them. Safe to use from several threads.

    Args:
        ops: where they are kept.
        people: who has which number now.
        rules: who meets which rule.
        clock: where the time comes from.
        present: gives the moment for which figures are shown.

    Attributes:
        kept: what they mean, for others whose rules name them.
    """

    def __init__(
        self, ops: OpsStore, people: PeopleService, rules: RuleService, clock: Clock, present: Callable[[], datetime]
    ) -> None:
        self.kept = self._kept = KeptSegments(ops, people)
        self._people = people
        self._rules = rules
        self._clock = clock
        self._present = present

    def save(
        self,
        name: str,
        people: Sequence[int] | NDArray[np.int64],
        *,
        description: str = "",
        origin: Mapping[str, Any] | None = None,
        replace: bool = False,
    ) -> Segment:
        """Keep a list of people under a name.

        Args:
            name: 1 to 100 printable characters, not taken yet; spaces around it are left out.
            people: person ids in any order; one that comes twice counts once. Nobody at all is a segment, too.
            description: up to 2,000 characters.
            origin: what the list was taken from, as JSON values.
            replace: whether a segment of this name is replaced; else it is refused.

        Raises:
            NotAllowedError: the actor may not set up strategies, of which segments are a part.
            BadSegmentError: name or description cannot be used.
            UnknownPersonError: nobody ever had one of the ids; nothing is kept then.
            SegmentExistsError: the name is taken, and nothing is to be replaced.
        """
        made = self._made(name, description, dict(origin or {}))
        members = self._known(np.unique(np.asarray(people, np.int64)))
        self._kept.add(changed(made, size=len(members)), packed(members), replace=replace)
        self._rules.forget_segments()
        return self.get(made.name)

    def save_ids(
        self, name: str, distinct_ids: Sequence[str], *, description: str = "", origin: Mapping[str, Any] | None = None
    ) -> tuple[Segment, tuple[str, ...]]:
        """Keep a list of people under a name, by ids as they came with the data.

        Args:
            name: as for ``save``.
            distinct_ids: ids; whoever has one now is put on the list. One that comes twice counts once.
            description: up to 2,000 characters.
            origin: what the list was taken from, as JSON values.

        Returns:
            The segment, and the ids that nobody has, in their order, each once.

        Raises:
            NotAllowedError: the actor may not set up strategies, of which segments are a part.
            BadSegmentError: name or description cannot be used.
            SegmentExistsError: the name is taken.
        """
        people, unknown = self.find_ids(distinct_ids)
        return self.save(name, people, description=description, origin=origin), unknown

    def find_ids(self, distinct_ids: Sequence[str]) -> tuple[list[int], tuple[str, ...]]:
        """Say whose ids are now.

        Args:
            distinct_ids: ids as they came with the data.

        Returns:
            The people, by id of a person, each once; and the ids that nobody has, in their order, each once.
        """
        given = list(dict.fromkeys(distinct_ids))
        owned = self._people.ownership(given)
        # An id that changed hands has a row for each owner, the present one last.
        owners = dict(zip(owned.distinct_ids.to_pylist(), owned.person_ids.tolist(), strict=True))
        return list(dict.fromkeys(owners.values())), tuple(one for one in given if one not in owners)

    def save_rule(self, name: str, rule: Rule | Mapping[str, Any], *, description: str = "", replace: bool = False) -> Segment:
        """Keep a rule under a name; who is in the segment follows from it at any moment.

        Args:
            name: as for ``save``.
            rule: the rule, or its JSON values.
            description: up to 2,000 characters.
            replace: whether a segment of this name is replaced; else it is refused.

        Raises:
            NotAllowedError: the actor may not set up strategies, of which segments are a part.
            BadSegmentError: name or description cannot be used.
            BadRuleError: the rule cannot be used; the error points at the node.
            SegmentExistsError: the name is taken, and nothing is to be replaced.
        """
        made, as_of = self._made(name, description, {}), self._present()
        found = self._rules.read(rule, self._kept, as_of, name=made.name)
        size = self._rules.evaluation(as_of, self._kept).passing(found).count()
        made = changed(made, size=size, rule=write_rule(found), as_of=as_of, computed_at=self._clock.now())
        self._kept.add(made, packed(np.zeros(0, dtype=np.int64)), replace=replace)
        self._rules.forget_segments()
        return self.get(made.name)

    def _made(self, name: str, description: str, origin: dict[str, Any]) -> Segment:
        actor = require("strategy:write")
        return Segment(_checked_name(name), _checked(description), origin, 0, self._clock.now(), actor.name)

    def _known(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        living = self._people.living(people)
        if (living == 0).any():
            raise UnknownPersonError(person=int(people[living == 0][0]))
        return np.unique(living)

    def all(self) -> tuple[Segment, ...]:
        """Give all segments by name."""
        return self._kept.all()

    def get(self, name: str) -> Segment:
        """Give one segment.

        Raises:
            UnknownSegmentError: there is no such segment.
        """
        return self._kept.get(name)

    def members(self, name: str, as_of: datetime | None = None) -> NDArray[np.int64]:
        """Give the ids of the people in a segment as they are now: those who were merged since count once, as one person.

        Args:
            name: the segment's.
            as_of: of a rule: only what happened before this moment counts; aware. By default the present.

        Returns:
            ``(n_people,) int64``, ascending.

        Raises:
            UnknownSegmentError: there is no such segment.
        """
        meaning = self._kept.meaning(name)
        if meaning is None:
            raise UnknownSegmentError(name=name)
        if isinstance(meaning, np.ndarray):
            return meaning
        evaluation = self._rules.evaluation(as_of or self._present(), self._kept)
        found: NDArray[np.int64] = evaluation.ground.everybody.person_ids[evaluation.passing(InSegment(name)).codes()]
        return found

    def delete(self, name: str) -> None:
        """Forget a segment; its people stay.

        Raises:
            NotAllowedError: the actor may not set up strategies, of which segments are a part.
            UnknownSegmentError: there is no such segment.
            SegmentInUseError: the rule of another segment names it.
        """
        require("strategy:write")
        self._kept.delete(name)
        self._rules.forget_segments()

    def recompute(self, as_of: datetime | None = None) -> RecomputeResult:
        """Find anew who is in every segment that is a rule, and keep the sizes with the moment as of which they are.

        A segment whose rule cannot be computed any more keeps its size and moment, and is told with the reason.

        Args:
            as_of: only what happened before this moment counts; aware. By default the present.

        Raises:
            NotAllowedError: the actor may not set up strategies, of which segments are a part.
        """
        require("strategy:write")
        moment = as_of or self._present()
        evaluation = self._rules.evaluation(moment, self._kept, keep=True)
        rules, failed = self._kept.rules()
        evaluation.prepare([*rules.values(), *map(Reachable, CHANNELS)])
        sizes = {name: evaluation.passing(InSegment(name)).count() for name in rules}
        done_at = self._clock.now()
        self._kept.set_sizes(sizes, moment, done_at)
        return RecomputeResult(moment, done_at, sizes, failed)

    def preview(
        self, rule: Rule | Mapping[str, Any], as_of: datetime | None = None, *, name: str = "", sample: int = SAMPLE
    ) -> PreviewResult:
        """Say whom a rule means: how many, some of them, in which other segments they are, how they can be reached.

        Args:
            rule: the rule, or its JSON values.
            as_of: only what happened before this moment counts; aware. By default what was recomputed last, where that is
                fresh, so that only conditions that nobody asked for yet have to be found.
            name: the segment whose rule it is to be, with which it is not compared.
            sample: how many people to show at most.

        Raises:
            BadRuleError: the rule cannot be used; the error points at the node.
        """
        evaluation = self._evaluation(as_of)
        found = self._rules.read(rule, self._kept, evaluation.ground.moment.as_of, name=name)
        others = [other for other in self._kept.names() if other != name]
        return preview(found, evaluation, others, sample)

    def _evaluation(self, as_of: datetime | None) -> Evaluation:
        newest = self._rules.newest()
        if as_of is None and newest is not None:
            age = self._present() - newest.ground.moment.as_of
            if 0 <= age.total_seconds() <= FRESH_S:
                return newest
        return self._rules.evaluation(as_of or self._present(), self._kept, keep=as_of is None)

    def export(self, people: NDArray[np.int64], path: Path) -> int:
        """Write people to a file, CSV or Parquet by its ending; give how many. See ``write_people``.

        Args:
            people: their ids, such as ``members`` gives them.
            path: the file; one that is there is replaced.

        Raises:
            NotAllowedError: the actor may not see personal data.
            BadExportError: the file has another ending, or cannot be written.
        """
        from finegrain.audience.segments.exporting import check_ending, write_people

        require("people:read")
        check_ending(path)
        found = self._people.many(people)
        write_people(found, path)
        return len(found)

    def explain(self, segment: str, person_id: int, as_of: datetime | None = None) -> RuleExplanation:
        """Say why a person is in a segment that is a rule, or is not; see ``explain_rule``.

        Raises:
            UnknownSegmentError: there is no such segment.
            BadSegmentError: it is a list, which has no reasons.
            UnknownPersonError: there is no such person.
        """
        found = self.get(segment)
        if found.rule is None:
            allowed = Phrase("the name of a segment that is a rule; a list has no reasons")
            raise BadSegmentError(field=Phrase("name"), value=f"“{segment}”", allowed=allowed)
        return self.explain_rule(read_rule(found.rule), person_id, as_of)

    def explain_rule(self, rule: Rule, person_id: int, as_of: datetime | None = None) -> RuleExplanation:
        """Say of each condition what it found of one person, what would have to change, and when time alone changes it.

        Only this person is looked at. A person who was merged is explained as the one they are now.

        Raises:
            UnknownPersonError: there is no such person.
        """
        from finegrain.audience.rules.explaining import explain

        person, moment = self._people.get(person_id), as_of or self._present()
        return explain(rule, person.id, moment, lambda later: self._rules.of_one(person.id, moment, self._kept, later=later))


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        allowed = Phrase("1 to {most} printable characters", most=LONGEST_NAME)
        raise BadSegmentError(field=Phrase("name"), value=f"“{name[:LONGEST_NAME]}”", allowed=allowed)
    return name


def _checked(description: str) -> str:
    if len(description) > LONGEST_DESCRIPTION or "\0" in description:
        allowed = Phrase("at most {most} characters", most=LONGEST_DESCRIPTION)
        raise BadSegmentError(field=Phrase("description"), value=f"“{description[:50]}…”", allowed=allowed)
    return description
