"""The product's mark, as SVG that needs nothing from outside."""

from __future__ import annotations

LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24">'
    '<defs><linearGradient id="fg" x1="0" y1="0" x2="1" y2="1">'
    '<stop offset="0" stop-color="#2f5bea"/><stop offset="1" stop-color="#12b3a0"/></linearGradient></defs>'
    '<rect width="24" height="24" rx="6" fill="url(#fg)"/>'
    '<g fill="#fff"><circle cx="8" cy="16" r="2.6"/><circle cx="15.5" cy="15" r="1.9" opacity=".85"/>'
    '<circle cx="9.5" cy="8.8" r="1.9" opacity=".85"/><circle cx="15.8" cy="8.6" r="1.3" opacity=".7"/></g></svg>'
)
"""Grains of several sizes, sorted."""
