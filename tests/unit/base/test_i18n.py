"""Languages: which one is spoken, and what happens to texts without translation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from finegrain import i18n


@pytest.mark.parametrize(
    ("tag", "language"), [("zh-CN", "zh_CN"), ("zh_CN.UTF-8", "zh_CN"), ("en-GB", "en"), ("fr", "en"), (None, "en"), ("", "en")]
)
def test_any_spelling_of_a_language_is_understood(tag: str | None, language: str) -> None:
    assert i18n.normalise(tag) == language


def test_a_text_without_translation_comes_back_as_it_is() -> None:
    assert i18n.translate("no such text anywhere", "zh_CN") == "no such text anywhere"


def test_speaking_lasts_as_long_as_its_block() -> None:
    with i18n.speaking("zh-CN"):
        assert i18n.current_language() == "zh_CN"
    assert i18n.current_language() == "en"


def test_facts_are_filled_in() -> None:
    assert i18n._("{n} of {total}", n=1, total=2) == "1 of 2"


def test_a_door_may_say_whom_it_talks_to() -> None:
    i18n.resolve_language_with(lambda: "zh_CN")
    try:
        assert i18n.current_language() == "zh_CN"
    finally:
        i18n.resolve_language_with(None)


@pytest.mark.parametrize(("n", "english", "chinese"), [(0, "0 days", "0 天"), (1, "1 day", "1 天"), (2, "2 days", "2 天")])
def test_a_number_chooses_the_form(n: int, english: str, chinese: str) -> None:
    assert i18n.ngettext("{n} day", "{n} days", n) == english
    with i18n.speaking("zh"):
        assert i18n.ngettext("{n} day", "{n} days", n) == chinese


def test_languages_may_be_spoken_inside_each_other() -> None:
    with i18n.speaking("zh"):
        with i18n.speaking("en"):
            assert i18n.current_language() == "en"
        assert i18n.current_language() == "zh_CN"


def test_a_language_ends_with_its_block_even_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), i18n.speaking("zh"):
        raise ZeroDivisionError
    assert i18n.current_language() == "en"


def test_each_thread_speaks_its_own_language() -> None:
    with i18n.speaking("zh"), ThreadPoolExecutor(1) as threads:
        assert threads.submit(i18n.current_language).result() == "en"
        assert i18n.current_language() == "zh_CN"


def test_a_door_that_does_not_know_leaves_the_language_as_it_is() -> None:
    i18n.resolve_language_with(lambda: None)
    try:
        with i18n.speaking("zh"):
            assert i18n.current_language() == "zh_CN"
    finally:
        i18n.resolve_language_with(None)


def test_nothing_is_translated_as_nothing() -> None:
    # gettext answers the empty text with the catalogue's header.
    assert i18n.translate("", "zh_CN") == ""


@pytest.mark.parametrize("text", ["100% of {people}", "a {brace", "}"])
def test_braces_are_left_alone_where_no_fact_is_given(text: str) -> None:
    assert i18n._(text) == text


def test_what_is_marked_stays_english_until_it_is_shown() -> None:
    marked = i18n.N_("Champions")
    with i18n.speaking("zh"):
        assert marked == "Champions"
        assert i18n._(marked) != "Champions"
