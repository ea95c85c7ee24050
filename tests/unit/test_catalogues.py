"""The catalogues of texts are complete, and the check that says so can fail."""

from __future__ import annotations

import pytest
from tools import messages
from tools.messages import Entry, Text, entry_problems

from finegrain.i18n import LANGUAGES, LOCALES


def test_catalogues_are_complete() -> None:
    assert messages.problems() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_room_has_its_catalogue(language: str) -> None:
    files = {path.stem for path in (LOCALES / language).glob("*.po")}
    rooms = messages.texts_in_code().keys()
    assert rooms <= files
    assert {name.partition("_")[0] for name in files} <= rooms


BAD = {
    "empty": ("Save", ""),
    "other placeholders": ("{n} rows", "{m} 行"),
    "not Chinese": ("Save the file", "Save the file"),
    "half-width punctuation": ("No, thanks.", "不用,谢谢。"),
    "half-width full stop": ("Done.", "完成."),
    "space at the edge": ("Done", "完成 "),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_translation_is_noticed(case: str) -> None:
    english, chinese = BAD[case]
    assert list(entry_problems("zh_CN", Text(english), Entry((chinese,))))


@pytest.mark.parametrize(
    ("english", "chinese"), [("RFM", "RFM"), ("{n} rows, {m} columns", "{m} 列，{n} 行"), ("See `a, b`.", "见 `a, b`。")]
)
def test_good_translation_passes(english: str, chinese: str) -> None:
    assert list(entry_problems("zh_CN", Text(english), Entry((chinese,)))) == []
