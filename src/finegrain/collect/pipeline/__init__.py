"""The pipeline: from decoded requests to durable commits, in groups, each event once."""

from __future__ import annotations
