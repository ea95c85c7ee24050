"""Mapping columns of a file to fields of ours: the fields, the guesses and the preview."""

from __future__ import annotations

from finegrain.collect.mapping import fields as fields
from finegrain.collect.mapping.contract import FIELDS

__all__ = ["FIELDS"]
