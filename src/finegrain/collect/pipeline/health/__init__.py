"""How the collector fares: figures by minute, hour and source, and what came in last."""

from __future__ import annotations
