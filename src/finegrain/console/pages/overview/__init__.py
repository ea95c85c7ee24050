"""The overview: how the shop did in a period, and who its people are."""

from __future__ import annotations

from finegrain.console.pages.overview import view  # noqa: F401 - registers the page
