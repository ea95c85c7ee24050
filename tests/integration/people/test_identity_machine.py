"""Identity as a state machine: links, unmerges and traits in any order, against a twin that plays all from the beginning."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.twins.identity import Twin, fold_traits, login_ids

from finegrain.people.contract import Link, TraitChange
from finegrain.people.neighbourhood import read_links
from finegrain.people.service import PeopleService
from finegrain.store.ops import OpsStore
from finegrain.workspace import MIGRATIONS
from finegrain.zones import to_us

if TYPE_CHECKING:
    from finegrain.people.identity import LinkFacts

START = datetime(2024, 6, 1, tzinfo=UTC)
DAY_US = 86_400_000_000
DAYS = 5

IDS = st.sampled_from(["A", "B", "C", "dev", "pad", "tv"])
LOGINS = st.sampled_from(["A", "B", "C"])
MOMENTS = st.integers(0, DAYS)
FLAGS = st.sampled_from([(False, True), (False, False), (True, True)])
ACTIONS = st.sampled_from(["set", "set_once", "unset", "increment", "append", "delete"])


class Identity(RuleBasedStateMachine):
    """Moments lie a day apart, so that no link says too soon what was said before."""

    blank: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.blank, self.folder / "ops.sqlite")
        self.ops = OpsStore(f"sqlite:///{self.folder / 'ops.sqlite'}", MIGRATIONS)
        self.people = PeopleService(self.ops)
        self.own: dict[str, int] = {}
        self.said: list[tuple[str, int, int, str, dict[str, object]]] = []
        self.links: dict[int, LinkFacts] = {}
        self.dropped: dict[int, LinkFacts] = {}

    def teardown(self) -> None:
        """Remove the store."""
        self.ops.close()
        shutil.rmtree(self.folder)

    @rule(kind=st.sampled_from(["identify", "alias", "signup", "bind"]), ends=st.tuples(IDS, IDS), day=MOMENTS, flags=FLAGS)
    def link(self, kind: str, ends: tuple[str, str], day: int, flags: tuple[bool, bool]) -> None:
        """Link two ids."""
        self._link(Link(kind, *ends, START + timedelta(days=day), *flags))  # type: ignore[arg-type]

    @rule(pairs=st.lists(st.tuples(IDS, LOGINS, MOMENTS), min_size=2, max_size=4))
    def identify_at_once(self, pairs: list[tuple[str, str, int]]) -> None:
        """Log in several times in one transaction."""
        self._link(*(Link("identify", one, other, START + timedelta(days=day)) for one, other, day in pairs))

    @rule(ends=st.tuples(IDS, IDS), day=MOMENTS)
    def unbind(self, ends: tuple[str, str], day: int) -> None:
        """Unbind two ids, or one from whomever."""
        self._link(Link("unbind", *ends, START + timedelta(days=day), to_login=False))

    @precondition(lambda self: self.links)
    @rule(place=st.integers(0, 10**6))
    def unmerge(self, place: int) -> None:
        """Drop a link, as if it had been before all: when the same is said again, it links again."""
        number = sorted(self.links)[place % len(self.links)]
        assert self.people.unmerge(number, at=START - timedelta(days=1))
        self.dropped[number] = self.links.pop(number)

    @precondition(lambda self: self.dropped)
    @rule(place=st.integers(0, 10**6))
    def relink(self, place: int) -> None:
        """Take a dropped link up again."""
        number = sorted(self.dropped)[place % len(self.dropped)]
        assert self.people.relink(number)
        self.links[number] = self.dropped.pop(number)

    @rule(key=IDS, day=MOMENTS, action=ACTIONS, name=st.sampled_from(["x", "y"]))
    def say(self, key: str, day: int, action: str, name: str) -> None:
        """Say something of the traits of an id; no value is said twice."""
        self._see(key)
        place = len(self.said)
        value = {"append": [place], "increment": place, "unset": None}.get(action, place if place % 3 else [place])
        values = {} if action == "delete" else {name: value}
        self.said.append((key, to_us(START) + day * DAY_US, place, action, values))
        self.people.set_traits([TraitChange(key, values, START + timedelta(days=day), action)])  # type: ignore[arg-type]

    @invariant()
    def all_is_as_the_twin_says(self) -> None:
        """Each event belongs to one person, the people are those of the events, and so are their traits."""
        twin = Twin(self.own, list(self.links.values()))
        owners = {(key, day): twin.person(key, to_us(START) + day * DAY_US) for key in self.own for day in range(-1, DAYS + 2)}
        assert self._owners() == owners
        people = set(owners.values())
        assert set(self.people.known_since()[0].tolist()) == people
        said: dict[int, list[Any]] = {person: [] for person in people}
        for key, at_us, *what in self.said:
            said[twin.person(key, at_us)].append((at_us, *what))
        found = {person.id: person.traits for person in self.people.many(sorted(people))}
        assert found == {person: fold_traits(changes) for person, changes in said.items()}

    @invariant()
    def logins_are_one_person_only_where_somebody_said_so_on_purpose(self) -> None:
        """A device never makes two logins one person."""
        logins = sorted(login_ids(self.links.values()))
        if not any(link.kind in {"alias", "bind"} for link in self.links.values()):
            assert len({self.people.find(key).id for key in logins}) == len(logins)

    def _link(self, *links: Link) -> None:
        self._see(*(key for link in links for key in (link.from_id, link.to_id)))
        self.people.link(links)
        with self.ops.reading() as session:
            kept = read_links(session, self.own)
        # What is kept is what was said, but for ids linked with themselves and what was said twice at once.
        said = {(link.kind, link.from_id, link.to_id, to_us(link.at)) for link in links if link.from_id != link.to_id}
        assert said <= {(link.kind, link.from_id, link.to_id, at) for link in kept.values() for at in link.times_us}
        self.links = kept

    def _see(self, *keys: str) -> None:
        for key in dict.fromkeys(keys):
            if key not in self.own:
                (self.own[key],) = self.people.register([key], START).tolist()

    def _owners(self) -> dict[tuple[str, int], int]:
        found = self.people.ownership()
        rows = list(zip(found.distinct_ids.to_pylist(), found.from_us.tolist(), found.person_ids.tolist(), strict=True))
        moments = [(day, to_us(START) + day * DAY_US) for day in range(-1, DAYS + 2)]
        return {(key, day): owner for day, at_us in moments for key, since, owner in rows if since <= at_us}


@pytest.fixture(scope="module", autouse=True)
def _blank(tmp_path_factory: pytest.TempPathFactory) -> None:
    Identity.blank = tmp_path_factory.mktemp("blank") / "ops.sqlite"
    OpsStore(f"sqlite:///{Identity.blank}", MIGRATIONS).close()


TestIdentity = Identity.TestCase
TestIdentity.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
