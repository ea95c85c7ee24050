"""What can go wrong with the behaviour index."""

from __future__ import annotations

from finegrain.errors import StorageError
from finegrain.i18n import N_


class IndexFolderError(StorageError):
    """The folder of the behaviour index cannot be written."""

    code = "index_folder"
    problem = N_("The behaviour index could not be written to {folder}: {reason}.")
    remedy = N_("No data are lost. Make room on the disk, or allow writing there, then try again.")
