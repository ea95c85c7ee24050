"""Drafts: what somebody is still working on, kept from one change to the next."""

from __future__ import annotations
