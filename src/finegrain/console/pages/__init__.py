"""The pages of the console; every module here is imported, and so registered, when the console is mounted."""

from __future__ import annotations
