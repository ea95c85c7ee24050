"""The pages of segments: the list, the builder of rules, one segment, and lists that were made by hand."""

from __future__ import annotations
