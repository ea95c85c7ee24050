"""What can go wrong with what is collected: files, mappings and imports."""

from __future__ import annotations

from finegrain.errors import InputError, NotFoundError
from finegrain.i18n import N_, translate


class FileError(InputError):
    """A file cannot be used; facts that are texts of ours are told in the reader's language too."""

    code = "file"

    def message(self, language: str = "en") -> str:
        """Give the whole message, problem and remedy, in ``language`` (``"en"`` or ``"zh_CN"``)."""
        given = self.facts
        self.facts = {name: translate(fact, language) if isinstance(fact, str) else fact for name, fact in given.items()}
        try:
            return super().message(language)
        finally:
            self.facts = given


class MissingFileError(FileError):
    """There is no file at the path."""

    code = "missing_file"
    problem = N_("There is no file {path}.")
    remedy = N_("Check the name and the folder.")


class NotAFileError(FileError):
    """The path is a folder, or something else that is not a file."""

    code = "not_a_file"
    problem = N_("{path} is a folder or a device, not a file.")
    remedy = N_("Name a CSV, TSV, JSON Lines, Parquet or XLSX file.")


class UnreadableFileError(FileError):
    """The system does not let us read the file."""

    code = "unreadable_file"
    problem = N_("{path} cannot be read: {reason}.")
    remedy = N_("Check its permissions and the disk.")


class EmptyFileError(FileError):
    """The file holds nothing."""

    code = "empty_file"
    problem = N_("{path} is empty.")
    remedy = N_("Export it again; the first row must name the columns.")


class UnknownFormatError(FileError):
    """The file is none of the formats that are read."""

    code = "unknown_format"
    problem = N_("{path} is not a table that can be read: it looks like {found}.")
    remedy = N_("Save it as CSV, TSV, JSON Lines, Parquet or XLSX, plain or gzip.")


class DamagedFileError(FileError):
    """The file begins as its format does, and cannot be read to its end."""

    code = "damaged_file"
    problem = N_("{path} is a damaged or half-written {format} file: {reason}.")
    remedy = N_("Export or copy it again.")


class ProtectedWorkbookError(FileError):
    """The workbook needs a password."""

    code = "protected_workbook"
    problem = N_("{path} is protected by a password.")
    remedy = N_("Save it without a password, or as CSV.")


class TooLargeError(FileError):
    """The file unpacks to more than is accepted."""

    code = "too_large"
    problem = N_("{path} unpacks to more than {limit} bytes.")
    remedy = N_("Split it into smaller files, or save it as CSV.")


class TooManyColumnsError(FileError):
    """The rows of a file have more keys than a table can have columns."""

    code = "too_many_columns"
    problem = N_("{path} has more than {limit} columns.")
    remedy = N_("Keep the columns that are needed.")


class WrongDelimiterError(FileError):
    """Everything landed in one column."""

    code = "wrong_delimiter"
    problem = N_("With {used} as the delimiter everything in {path} lands in one column; {fitting} might fit.")
    remedy = N_("Save the file with commas, tabs, semicolons or pipes between the columns.")


class UndecodableTextError(FileError):
    """Some bytes are no text in the encoding."""

    code = "undecodable_text"
    problem = N_("Line {line} of {path} has bytes that are not text in {encoding}.")
    remedy = N_("Save the file as UTF-8.")


class UnknownEncodingError(FileError):
    """There is no encoding of that name."""

    code = "unknown_encoding"
    problem = N_("There is no text encoding named “{encoding}”.")
    remedy = N_("Give utf-8, gb18030 or another name that Python knows.")


class LineTooLongError(FileError):
    """A line is longer than the setting allows."""

    code = "line_too_long"
    problem = N_("Line {line} of {path} is longer than {limit} bytes.")
    remedy = N_("Check that the file has line ends, or raise the setting import_max_line_bytes.")


class UnclosedQuoteError(FileError):
    """A quotation mark opens a cell and none closes it."""

    code = "unclosed_quote"
    problem = N_("Row {line} of {path} opens a quotation mark that is never closed, so the rows after it cannot be told apart.")
    remedy = N_("Close or remove that quotation mark.")


class NoHeaderError(FileError):
    """The first row does not name the columns."""

    code = "no_header"
    problem = N_("The first row of {path} must name the columns, but it reads {found}.")
    remedy = N_("Add a first row with the column names.")


class NotATableError(FileError):
    """Hardly any row has as many cells as the header."""

    code = "not_a_table"
    problem = N_("The rows of {path} do not have the {columns} columns of its first row ({rows} rows in a row do not).")
    remedy = N_("Check that the first row names the columns, and the delimiter.")


class UnknownFieldError(InputError):
    """A mapping names a field that does not exist."""

    code = "unknown_field"
    problem = N_("There is no field “{field}” to map a column to.")
    remedy = N_("The fields of {kind} are: {allowed}.")


class UnknownColumnError(InputError):
    """A mapping names a column that the file does not have."""

    code = "unknown_column"
    problem = N_("{path} has no column “{column}”, to which the field {field} is mapped.")
    remedy = N_("Its columns are: {allowed}.")


class UploadTooLargeError(InputError):
    """An uploaded file is larger than the setting allows."""

    code = "upload_too_large"
    problem = N_("{file} is larger than {limit} bytes.")
    remedy = N_("Import it with `finegrain import`, which has no limit, or raise the setting import_max_upload_bytes.")


class UnknownUploadError(NotFoundError):
    """An uploaded file is no longer there."""

    code = "unknown_upload"
    problem = N_("There is no uploaded file {upload}; uploads are kept for seven days.")
    remedy = N_("Upload the file again.")
