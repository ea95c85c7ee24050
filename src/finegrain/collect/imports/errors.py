"""What can go wrong with an import."""

from __future__ import annotations

from finegrain.errors import InputError, NotFoundError, StorageError
from finegrain.i18n import N_


class NoSuchColumnError(InputError):
    """A mapping names a column that none of the dead letters has."""

    code = "no_such_column"
    problem = N_("None of the {rows} refused rows has a column “{column}”, to which the field {field} is mapped.")
    remedy = N_("Their columns are: {allowed}.")


class UnmappedFieldError(InputError):
    """A field that is needed is filled by no column."""

    code = "unmapped_field"
    problem = N_("No column fills {fields}, which {kind} cannot do without.")
    remedy = N_(
        "Name it with `--map FIELD=COLUMN`, or on the second page of the import. There are the columns {columns}; if these are "
        "no names of columns, remove the rows above the names from the file."
    )


class BadTimeFormatError(InputError):
    """The pattern for times is not one that can be read."""

    code = "bad_time_format"
    problem = N_("“{format}” is not a pattern for times: {reason}.")
    remedy = N_("Give auto, epoch_s, epoch_ms, excel, or a pattern such as %Y-%m-%d %H:%M:%S.")


class NoFilesError(InputError):
    """An import was asked for without a file."""

    code = "no_files"
    problem = N_("No file was given to import.")
    remedy = N_("Name one file or several.")


class UnknownMappingError(NotFoundError):
    """There is no saved mapping of that name."""

    code = "unknown_mapping"
    problem = N_("There is no saved mapping named “{name}”.")
    remedy = N_("Saved ones: {known}.")


class WrongMappingKindError(InputError):
    """A mapping is for another kind of rows."""

    code = "wrong_mapping_kind"
    problem = N_("The mapping is for {found}, and these rows are {kind}.")
    remedy = N_("Choose a mapping for {kind}.")


class UnknownImportError(NotFoundError):
    """There is no import of that number."""

    code = "unknown_import"
    problem = N_("There is no import with the number {import_id}.")
    remedy = N_("List the imports with `finegrain imports`.")


class ImportEngineError(StorageError):
    """The import's own engine refused, for want of memory or disk."""

    code = "import_engine"
    problem = N_("The import had to stop: {reason}.")
    remedy = N_("Nothing was changed. Make room on the disk for temporary files, or raise duckdb_memory_bytes, and try again.")
