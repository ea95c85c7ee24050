"""The documents name every tier and every threshold of every scheme, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from finegrain.audience.tiers.compute import resolve
from finegrain.audience.tiers.schemes import REGISTRY
from finegrain.i18n import translate

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize(("page", "language"), [("tiers.md", "en"), ("zh/tiers.md", "zh_CN")])
def test_every_tier_and_threshold_is_documented(page: str, language: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for scheme in REGISTRY.values():
        for view in ("eight", "quintile") if scheme.name == "rfm" else ("",):
            tiers = scheme.tiers(resolve(scheme, {"view": view} if view else {}))
            assert [tier.key for tier in tiers if f"`{tier.key}`" not in text] == []
            assert [tier.name for tier in tiers if translate(tier.name, language) not in text] == []
        undocumented = [row.name for row in scheme.declared if f"`{row.name}`" not in text and "_score_" not in row.name]
        assert undocumented == []
        assert [choice for row in scheme.declared for choice in row.choices if f"`{choice}`" not in text] == []
