"""Records of things that are not people: goods, articles, companies; as SDKs set and delete them."""

from __future__ import annotations
