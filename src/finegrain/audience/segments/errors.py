"""What can go wrong with segments.

InputError
├── BadSegmentError        a name that no segment can have, or nobody to keep
├── SegmentExistsError     the name is taken
├── SegmentInUseError      the rule of another segment names it
└── BadExportError         its people cannot be written to a file
"""

from __future__ import annotations

from finegrain.errors import InputError
from finegrain.i18n import N_


class BadSegmentError(InputError):
    """A segment cannot be kept as it was given."""

    code = "bad_segment"
    problem = N_("The segment’s {field} is {value}, which it cannot be.")
    remedy = N_("Give {allowed}.")


class SegmentExistsError(InputError):
    """There is a segment of this name already."""

    code = "segment_exists"
    problem = N_("There is a segment named “{name}” already.")
    remedy = N_("Choose another name, or delete that segment first.")


class SegmentInUseError(InputError):
    """A segment cannot be deleted, because rules of other segments name it."""

    code = "segment_in_use"
    problem = N_("The segment “{name}” is named by the rules of others: {users}.")
    remedy = N_("Take it out of those rules first, or delete those segments.")


class BadExportError(InputError):
    """The people of a segment cannot be written to a file."""

    code = "bad_export"
    problem = N_("{file} cannot be written: {reason}.")
    remedy = N_("Give a file that ends in .csv or .parquet, in a folder where you may write.")
