"""Files as an import sees them: detected, opened, and read row by row in bounded memory."""

from __future__ import annotations

from finegrain.collect.files.opening import open_file

__all__ = ["open_file"]
