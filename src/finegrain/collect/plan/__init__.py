"""The tracking plan: which events and properties are meant to be sent, and what happens to what is not."""

from __future__ import annotations
