"""Build the demo: simulate a shop, write its files, load them through the ordinary import, and give it segments and goals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from finegrain.errors import BadValueError
from finegrain.i18n import Phrase
from finegrain.simulate.errors import DemoInTheWayError, OtherDemoError
from finegrain.simulate.files import DemoFiles, write_files
from finegrain.simulate.plan import DEFAULT_DAYS, DEFAULT_PEOPLE, DEFAULT_SEED, ShopPlan
from finegrain.simulate.shop import simulate_shop
from finegrain.simulate.starters import add_goals, add_segments

if TYPE_CHECKING:
    from pathlib import Path

    from finegrain import ImportProgress, ImportSummary
    from finegrain.workspace import Workspace

FOLDER = "demo"
Stage = Literal["simulating", "people", "orders", "events", "starters"]
_SHARES: dict[Stage, tuple[float, float]] = {
    "simulating": (0.0, 0.12),
    "people": (0.12, 0.22),
    "orders": (0.22, 0.3),
    "events": (0.3, 0.9),
    "starters": (0.9, 1.0),
}


@dataclass(frozen=True)
class DemoProgress:
    """How far the building of the demo is: what is being done, and the share of the whole in 0–1."""

    stage: Stage
    share: float


DemoProgressCallback = Callable[[DemoProgress], None]


@dataclass(frozen=True)
class DemoSummary:
    """What the demo shop is and what its import did.

    Attributes:
        folder: where the files and the truth lie.
        plan: what was simulated.
        people, orders, events: the summaries of the three imports.
        segments, goals: how many were kept and set for it; those that were there already are not counted.
        seconds: how long everything took.
    """

    folder: Path
    plan: ShopPlan
    people: ImportSummary
    orders: ImportSummary
    events: ImportSummary
    segments: int
    goals: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Give the summary as the JSON object that the CLI prints."""
        return {
            "folder": str(self.folder),
            "plan": self.plan.to_dict(),
            "imports": {name: getattr(self, name).to_dict() for name in ("people", "orders", "events")},
            "segments": self.segments,
            "goals": self.goals,
            "seconds": round(self.seconds, 3),
        }


def build_demo(
    workspace: Workspace,
    *,
    people: int = DEFAULT_PEOPLE,
    days: int = DEFAULT_DAYS,
    seed: int = DEFAULT_SEED,
    until: date | None = None,
    causes: bool = True,
    add: bool = False,
    progress: DemoProgressCallback | None = None,
) -> DemoSummary:
    """Simulate the demo shop, write it to ``<home>/demo/``, import it, and keep segments and goals for it.

    A demo that is there already is taken up again: its files stay as they are, and the import adds only what is missing.

    Args:
        workspace: an open workspace, empty or with this demo.
        people: how many people sign up.
        days: length of the history in days.
        seed: where the random numbers start; the same seed, size and last day give the same files, byte by byte.
        until: the last civil day of the history; by default that of the demo which is there, else yesterday.
        causes: whether causes are planted; see ``ShopPlan``.
        add: whether the shop may be added to a workspace that holds other data.
        progress: told about every step.

    Raises:
        OtherDemoError: the workspace holds a demo of another size, seed or time.
        DemoInTheWayError: the workspace holds other data, and ``add`` is False.
        BadValueError: a number lies outside what is allowed, or ``until`` lies in the future.
    """
    began_s = perf_counter()
    files = DemoFiles(workspace.home / FOLDER)
    zone, last_day = workspace.settings.zone, _last_day(workspace, files, until)
    currency = workspace.currency
    plan = ShopPlan(until=last_day, people=people, days=days, seed=seed, zone=zone, currency=currency, causes=causes)
    _check_room(workspace, files, plan, add=add)
    _tell(progress, "simulating", 0.0)
    if not files.are_whole():
        for_shop, for_portraits = np.random.default_rng(plan.seed).spawn(2)
        write_files(simulate_shop(plan, for_shop), files.folder, for_portraits)
    _tell(progress, "simulating", _SHARES["simulating"][1])
    imported: dict[str, ImportSummary] = {
        "people": _import(workspace, files.people, "people", progress),
        "orders": _import(workspace, files.orders, "orders", progress),
        "events": _import(workspace, files.events, "events", progress),
    }
    segments, goals = add_segments(workspace), add_goals(workspace)
    _tell(progress, "starters", 1.0)
    return DemoSummary(
        folder=files.folder,
        plan=plan,
        **imported,
        segments=segments,
        goals=goals,
        seconds=perf_counter() - began_s,
    )


def _last_day(workspace: Workspace, files: DemoFiles, until: date | None) -> date:
    today = workspace.zone.day_of(workspace.clock.now())
    there = files.plan()
    if until is None:
        until = date.fromisoformat(there["until"]) if there else today - timedelta(days=1)
    if until > today:
        raise BadValueError(name="until", value=until, allowed=Phrase("a day up to today, {today}", today=today))
    return until


def _check_room(workspace: Workspace, files: DemoFiles, plan: ShopPlan, *, add: bool) -> None:
    there = files.plan()
    if there is not None and there != plan.to_dict():
        raise OtherDemoError(home=workspace.home, **there)
    if there is None and not add and workspace.imports.history(limit=1):
        raise DemoInTheWayError(home=workspace.home)


def _import(
    workspace: Workspace, path: Path, kind: Literal["people", "orders", "events"], progress: DemoProgressCallback | None
) -> ImportSummary:
    first, last = _SHARES[kind]

    def pass_on(part: ImportProgress) -> None:
        # Reading takes about half of an import, and storing, which cannot say how far it is, the rest.
        done = 0.5 if part.stage == "storing" else 0.5 * part.share
        _tell(progress, kind, first + (last - first) * done)

    preview = workspace.imports.preview(path, kind)
    summary = workspace.imports.run([path], kind, preview.mapping, progress=pass_on)
    _tell(progress, kind, last)
    return summary


def _tell(progress: DemoProgressCallback | None, stage: Stage, share: float) -> None:
    if progress is not None:
        progress(DemoProgress(stage, share))
