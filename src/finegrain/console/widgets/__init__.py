"""Building blocks that the pages share."""

from __future__ import annotations
