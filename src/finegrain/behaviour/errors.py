"""What can go wrong with the behaviour index, and with questions about behaviour.

StorageError
├── IndexFolderError      the folder of the index cannot be written
└── NotKeptError          the machine code of kernels cannot be kept
InputError
└── BadQueryError         a field of a query has a value that it cannot take
    └── BadPeriodError    its period cannot be read
UnknownNameError
├── UnknownEventError     no event of this name was ever stored
├── UnknownTraitError     nobody has a trait of this name
└── UnknownSegmentError   there is no segment of this name
"""

from __future__ import annotations

from finegrain.errors import InputError, StorageError, UnknownNameError
from finegrain.i18n import N_


class IndexFolderError(StorageError):
    """The folder of the behaviour index cannot be written."""

    code = "index_folder"
    problem = N_("The behaviour index could not be written to {folder}: {reason}.")
    remedy = N_("No data are lost. Make room on the disk, or allow writing there, then try again.")


class BadQueryError(InputError):
    """A field of a query has a value that it cannot take; ``field`` is its path, such as ``steps[1].filters[0].op``."""

    code = "bad_query"
    problem = N_("The query's field {field} is {value}, which is not allowed.")
    remedy = N_("Give {allowed}.")


class BadPeriodError(BadQueryError):
    """The period of a query cannot be read, or ends before it begins."""

    code = "bad_period"


class UnknownEventError(UnknownNameError):
    """No event of this name was ever stored."""

    code = "event_never_happened"
    problem = N_("The query's field {field} names the event “{name}”, which never happened.")
    remedy = N_("Nearest: {nearest}.")


class UnknownTraitError(UnknownNameError):
    """Nobody has a trait of this name."""

    code = "unknown_trait"
    problem = N_("Nobody has a trait named “{name}”.")
    remedy = N_("Nearest: {nearest}.")


class UnknownSegmentError(UnknownNameError):
    """There is no segment of this name."""

    code = "unknown_segment"
    problem = N_("There is no segment named “{name}”.")
    remedy = N_("Keep a list of people under this name first, or name an audience by tier, such as rfm/important_value.")


class NotKeptError(StorageError):
    """The machine code of kernels cannot be kept."""

    code = "not_kept"
    problem = N_("The folder {folder} cannot be written ({reason}), so that nothing compiled is kept.")
    remedy = N_("Let this user write to it, or name another folder in the environment as NUMBA_CACHE_DIR.")
