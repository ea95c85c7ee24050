"""The options that every command takes, and the languages they choose."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.cli.arguments import take_global

WORDS = st.lists(st.sampled_from(["import", "orders", "a.csv", "--map", "x=y", "-y", "--rows=line"]), max_size=8)
OPTIONS = [["--home", "h"], ["--home=h"], ["--json"], ["--lang", "zh"], ["--lang=zh"]]


@given(WORDS, st.sampled_from(OPTIONS), st.data())
def test_global_option_is_taken_from_any_place(words: list[str], option: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(words)))
    moved, rest = take_global([*words[:place], *option, *words[place:]], {})
    first, _rest = take_global([*option, *words], {})
    assert (moved, rest) == (first, words)


def test_nothing_is_taken_behind_two_dashes() -> None:
    invocation, rest = take_global(["import", "orders", "--", "--json"], {})
    assert not invocation.json
    assert rest == ["import", "orders", "--", "--json"]


@pytest.mark.parametrize(
    ("words", "variables", "home"),
    [
        ([], {}, "shop"),
        ([], {"FINEGRAIN_HOME": "env"}, "env"),
        (["--home", "word"], {"FINEGRAIN_HOME": "env"}, "word"),
        (["--home", "first", "--home", "last"], {}, "last"),
    ],
)
def test_home_comes_from_word_then_variable_then_default(words: list[str], variables: dict[str, str], home: str) -> None:
    assert take_global(words, variables)[0].home == Path(home)


@pytest.mark.parametrize(
    ("words", "variables", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "en_GB", "FINEGRAIN_LANG": "zh"}, "zh_CN"),
        (["--lang", "en"], {"FINEGRAIN_LANG": "zh"}, "en"),
    ],
)
def test_language_comes_from_word_then_variables(words: list[str], variables: dict[str, str], language: str) -> None:
    assert take_global(words, variables)[0].language == language


@pytest.mark.parametrize("words", [["--home"], ["tiers", "--home="], ["--lang"]])
def test_global_option_without_value_is_noticed(words: list[str]) -> None:
    assert take_global(words, {})[0].missing in {"--home", "--lang"}
