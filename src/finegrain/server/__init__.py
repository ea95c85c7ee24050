"""The server: one process that answers browsers and programs for one workspace."""

from __future__ import annotations
