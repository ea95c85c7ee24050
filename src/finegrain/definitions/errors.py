"""What can go wrong with definitions as files.

InputError
├── BadFieldError               a field of a definition is what it cannot be
├── BadDefinitionError          a file holds something that is no definition
│   ├── TwiceDefinedError       two files define the same thing
│   └── RefusedDefinitionError  what a file defines cannot be kept here; nothing is changed
└── NoDefinitionsError          there is no such folder, or it cannot be read or written
StateError
└── DefinitionsChangedError     workspace or files are not what they were when the plan was shown
"""

from __future__ import annotations

from finegrain.errors import InputError, StateError
from finegrain.i18n import N_


class BadFieldError(InputError):
    """A field of a definition is what it cannot be; whoever knows the file tells it, too."""

    code = "bad_definition_field"
    problem = N_("{field} is {value}, which it cannot be.")
    remedy = N_("Give {allowed}.")


class BadDefinitionError(InputError):
    """A file holds something that is no definition; ``node`` is where in it."""

    code = "bad_definition"
    problem = N_("{file}: {node} is {value}, which it cannot be.")
    remedy = N_("Give {allowed}.")


class TwiceDefinedError(BadDefinitionError):
    """Two files define the same thing."""

    code = "twice_defined"
    problem = N_("{file} and {other} both define the {kind} “{name}”.")
    remedy = N_("Keep one of the two files.")


class RefusedDefinitionError(BadDefinitionError):
    """What a file defines cannot be kept in this workspace."""

    code = "refused_definition"
    problem = N_("{file} cannot be applied, and nothing was changed. {reason}")
    remedy = N_("Change {node}.")


class NoDefinitionsError(InputError):
    """The folder of the definitions cannot be used."""

    code = "no_definitions"
    problem = N_("The folder {folder} cannot be used: {reason}.")
    remedy = N_("Give a folder of your own; `finegrain pull DIR` writes one.")


class DefinitionsChangedError(StateError):
    """Workspace or files are not what they were when the plan was shown."""

    code = "definitions_changed"
    problem = N_("The plan {plan} does not hold any more: workspace or files have changed since, and it would be {now}.")
    remedy = N_("Look at `finegrain plan {folder}` again.")
