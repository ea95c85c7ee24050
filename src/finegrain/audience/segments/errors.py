"""What can go wrong with segments.

InputError
├── BadSegmentError        a name that no segment can have, or nobody to keep
└── SegmentExistsError     the name is taken
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
