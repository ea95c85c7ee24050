"""Definitions as files for a workspace: pulled into a folder, compared with one, and brought in from it, all or nothing."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finegrain.access.acting import require
from finegrain.definitions import files
from finegrain.definitions.contract import KINDS, Key, PlanResult, PullResult, hash_of
from finegrain.definitions.diffing import differences
from finegrain.definitions.errors import BadDefinitionError, DefinitionsChangedError, RefusedDefinitionError
from finegrain.definitions.kinds import handlers, unset
from finegrain.definitions.moves import scheme_moves, segment_moves, standing
from finegrain.errors import FinegrainError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from finegrain.audience.rules.service import RuleService
    from finegrain.definitions.contract import Change, State, Values
    from finegrain.definitions.files import DefinitionFile
    from finegrain.definitions.kinds import Rooms
    from finegrain.store.ops import OpsStore


class DefinitionService:
    """Pulls, plans and applies definitions.

    Args:
        ops: where they are kept.
        rooms: the services that keep them.
        rules: what keeps who meets which rule.
    """

    def __init__(self, ops: OpsStore, rooms: Rooms, rules: RuleService) -> None:
        self._ops = ops
        self._rooms = rooms
        self._rules = rules
        self._kinds = handlers(rooms)

    def pull(self, folder: str | Path, *, prune: bool = False) -> PullResult:
        """Write all definitions into a folder, one file for each; a definition that has a file there already keeps it.

        Args:
            folder: made where it is missing.
            prune: whether files go whose definitions the workspace has not; else they stay, and are told.

        Raises:
            NotAllowedError: there are lists of people, and the actor may not see personal data.
            NoDefinitionsError: the folder cannot be read or written.
            BadDefinitionError: a file that is there defines nothing, so that nobody knows what becomes of it.
        """
        root, now = Path(folder), self._now()
        there = {one.key: one for one in (files.read_folder(root) if root.exists() else [])}
        paths = {key: one.path for key, one in there.items()}
        taken = {path.lower(): key for key, path in paths.items()}
        for key in sorted(now.keys() - paths.keys()):
            paths[key] = files.path_of(key, taken)
            taken[paths[key].lower()] = key
        for key in now:
            if key not in there or not self._says(there[key], now[key]):
                files.write(root, paths[key], files.text_of(key.kind, now[key]))
        gone = tuple(sorted(path for key, path in paths.items() if key not in now))
        for path in gone if prune else ():
            files.remove(root, path)
        written = tuple(sorted(paths[key] for key in now))
        return PullResult(written, removed=gone if prune else (), left=() if prune else gone)

    def _says(self, file: DefinitionFile, values: Values) -> bool:
        """Say whether a file says so already, in whatever words, and with whatever comments."""
        try:
            return self._kinds[file.key.kind].canonical(file.values) == values
        except FinegrainError:
            return False

    def plan(self, folder: str | Path, *, prune: bool = False) -> PlanResult:
        """Say what applying a folder would do, and whom it would move; nothing is changed.

        It is found by doing it, and taking it back: what is refused here would be refused by ``apply``.

        Args:
            folder: as ``pull`` writes it; what it lacks stays, unless it is pruned.
            prune: whether definitions go that the folder lacks.

        Raises:
            NotAllowedError: the actor may not change what differs.
            NoDefinitionsError: there is no such folder.
            BadDefinitionError: a file defines nothing, or something that cannot be kept; the error names file and node.
        """
        with self._apart(), self._ops.together(keep=False):
            return self._done(Path(folder), "", prune=prune)

    def apply(self, folder: str | Path, *, plan: str = "", prune: bool = False) -> PlanResult:
        """Do what ``plan`` says, all of it or nothing: one transaction.

        Args:
            folder: as ``pull`` writes it.
            plan: the hash of the plan that is to be done; empty for whatever it is.
            prune: as for ``plan``.

        Returns:
            What was done.

        Raises:
            DefinitionsChangedError: workspace or files are not what they were when that plan was shown.
            NotAllowedError, NoDefinitionsError, BadDefinitionError: as for ``plan``; nothing was changed.
        """
        with self._apart(), self._ops.together():
            return self._done(Path(folder), plan, prune=prune)

    @contextmanager
    def _apart(self) -> Iterator[None]:
        """Keep what is found of definitions that are not kept yet from everybody else."""
        try:
            with self._rules.apart():
                yield
        finally:
            # Only now it is decided what holds.
            self._rules.forget_segments()
            self._rooms.tiering.changes += 1
            self._rooms.plan.forget()

    def _done(self, folder: Path, plan: str, *, prune: bool) -> PlanResult:
        require("query:read")
        wanted, paths = self._wanted(folder)
        now = {**{key: values for key in wanted if (values := unset(key)) is not None}, **self._now()}
        found = hash_of(now, wanted, prune=prune)
        if plan and plan != found:
            raise DefinitionsChangedError(plan=plan, now=found, folder=folder)
        changes = differences(now, wanted, lambda key, values: self._kinds[key.kind].uses(values), prune=prune)
        left = () if prune else tuple(sorted(key for key in now if key not in wanted))
        if not changes:
            return PlanResult((), left, (), (), found)
        as_of = self._rooms.present()
        before = standing(self._rooms, as_of)
        self._change(changes, now, wanted, paths)
        after = standing(self._rooms, as_of)
        return PlanResult(changes, left, segment_moves(before, after), scheme_moves(before, after), found)

    def _change(self, changes: Iterable[Change], now: State, wanted: State, paths: Mapping[Key, str]) -> None:
        for change in changes:
            key, kind = change.key, self._kinds[change.key.kind]
            with _naming(paths.get(key, f"{key.kind} {key.name}"), RefusedDefinitionError):
                if change.what == "removed":
                    kind.drop(key.name)
                else:
                    kind.put(key.name, now.get(key), wanted[key])
        with _naming("tier_schemes", RefusedDefinitionError):
            self._rooms.schemes.check_named()

    def _now(self) -> State:
        return {Key(kind, name): values for kind in KINDS for name, values in self._kinds[kind].all()}

    def _wanted(self, folder: Path) -> tuple[State, dict[Key, str]]:
        wanted: State = {}
        paths: dict[Key, str] = {}
        for one in files.read_folder(folder):
            with _naming(one.path, BadDefinitionError):
                values = self._kinds[one.key.kind].canonical(one.values)
            wanted[one.key], paths[one.key] = values, one.path
        return wanted, paths


@contextmanager
def _naming(file: str, kind: type[BadDefinitionError]) -> Iterator[None]:
    """Let an error name the file, and the node in it, of which it is."""
    try:
        yield
    except BadDefinitionError:
        raise
    except FinegrainError as error:
        if error.code == "not_allowed":
            raise
        facts = error.facts
        node = _node(facts)
        told: Values = {"value": facts.get("value", ""), "allowed": facts.get("allowed", ""), "reason": error}
        raise _error(kind, file, node, told) from error


def _error(kind: type[BadDefinitionError], file: str, node: str, told: dict[str, Any]) -> BadDefinitionError:
    if kind is BadDefinitionError and not (told["value"] and told["allowed"]):
        kind = RefusedDefinitionError
    return kind(file=file, node=node, **told)


def _node(facts: Mapping[str, Any]) -> str:
    named = (facts.get(name) for name in ("node", "field", "place", "name"))
    node = next((one for one in named if one and isinstance(one, str)), Phrase("the file"))
    return f"rule.{node}" if "node" in facts and "key" not in facts and node != "rule" else node
