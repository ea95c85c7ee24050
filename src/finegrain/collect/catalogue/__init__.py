"""The catalogue of events and properties: what has been seen, from whom, of which type, how often and when last."""

from __future__ import annotations
