"""The simulator's own errors."""

from __future__ import annotations

from finegrain.errors import StateError
from finegrain.i18n import N_


class DemoInTheWayError(StateError):
    """The workspace holds data that are not the demo shop's."""

    code = "demo_in_the_way"
    problem = N_("The workspace {home} already holds imported data, which the demo shop would be mixed with.")
    remedy = N_("Choose another folder with --home, or pass --add to mix them.")


class OtherDemoError(StateError):
    """The workspace holds a demo shop that is not the one asked for."""

    code = "other_demo"
    problem = N_("The workspace {home} holds another demo shop: {people} people, {days} days until {until}, seed {seed}.")
    remedy = N_("Ask for the same one, or choose another folder with --home.")
