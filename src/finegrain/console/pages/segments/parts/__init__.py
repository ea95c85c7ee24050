"""The controls of the conditions of a rule, by kind."""

from __future__ import annotations
