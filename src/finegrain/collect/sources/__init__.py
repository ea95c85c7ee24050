"""Sources: the apps and sites that send, each with a key of its own."""

from __future__ import annotations
