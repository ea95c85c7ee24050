"""What clients send over the wire: Segment's, 神策's and PostHog's formats, decoded into calls that mean the same in all."""

from __future__ import annotations
