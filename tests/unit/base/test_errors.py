"""The error tree: codes, sentences, languages."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from string import Formatter

import finegrain
from finegrain.errors import BadValueError, FinegrainError
from finegrain.i18n import Phrase


def _all_errors() -> set[type[FinegrainError]]:
    for module in pkgutil.walk_packages(finegrain.__path__, "finegrain."):
        if module.name.endswith(("errors", "settings")):
            import_module(module.name)
    found: set[type[FinegrainError]] = set()
    waiting = [FinegrainError]
    while waiting:
        kind = waiting.pop()
        found.add(kind)
        waiting.extend(kind.__subclasses__())
    return {kind for kind in found if kind.__module__.startswith("finegrain.")}


def test_every_error_has_its_own_code() -> None:
    codes = [kind.code for kind in _all_errors()]
    assert len(codes) == len(set(codes))


def test_every_leaf_says_what_was_wrong_and_what_to_do() -> None:
    leaves = [kind for kind in _all_errors() if not kind.__subclasses__()]
    assert leaves
    assert [kind.__name__ for kind in leaves if not (kind.problem and kind.remedy)] == []


def test_problem_and_remedy_name_only_plain_facts() -> None:
    for kind in _all_errors():
        names = {name for _, name, _, _ in Formatter().parse(kind.problem + kind.remedy) if name is not None}
        assert all(name.isidentifier() for name in names), kind


def test_message_is_translated_and_keeps_the_value() -> None:
    error = BadValueError(name="port", value="abc", allowed="a number")
    assert "abc" in error.message("zh_CN")
    assert error.message("zh_CN") != error.message("en")


def test_error_becomes_one_json_object_with_its_facts() -> None:
    body = BadValueError(name="port", value=-1, allowed="1 to 65535").to_dict()
    assert body["code"] == "bad_value"
    assert body["facts"] == {"name": "port", "value": "-1", "allowed": "1 to 65535"}


def test_a_phrase_among_the_facts_is_told_in_the_readers_language() -> None:
    error = BadValueError(name="zone", value="Mars", allowed=Phrase("an IANA zone name such as Asia/Shanghai or Europe/London"))
    assert "an IANA zone name" in str(error)
    assert "IANA 时区名" in error.message("zh_CN")


def test_a_phrase_fills_in_its_own_facts_in_every_language() -> None:
    phrase = Phrase("a day that is not before {first}", first="2024-01-01")
    assert phrase == "a day that is not before 2024-01-01"
    assert phrase.told("zh_CN") == "不早于 2024-01-01 的日期"


def test_what_led_to_an_error_is_told_in_the_readers_language_too() -> None:
    cause = BadValueError(name="port", value=-1, allowed=Phrase("a day that is not before {first}", first="2024-01-01"))
    error = BadValueError(name="file", value=cause, allowed=Phrase("{size} bytes", size=Phrase("missing")))
    assert str(cause) in str(error)
    assert cause.message("zh_CN") in error.message("zh_CN")
    assert "缺失" in error.message("zh_CN")
