"""Tier schemes: every person in exactly one tier of each, explained, and what the data suggest for their thresholds."""

from __future__ import annotations
