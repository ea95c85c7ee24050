"""Measurements of finegrain; ``python -m benchmarks`` runs all and writes ``results.json``."""

from __future__ import annotations
