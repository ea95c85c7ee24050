"""Imports: files become events, orders and people, all or nothing, and what cannot be used is kept with its reason."""

from __future__ import annotations

from finegrain.collect.imports.contract import DeadLetter, ImportProgress, ImportRecord, ImportSummary, SavedMapping

__all__ = ["DeadLetter", "ImportProgress", "ImportRecord", "ImportSummary", "SavedMapping"]
