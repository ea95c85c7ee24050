"""The one error tree: every error carries a stable code, its facts, and what to do next.

    FinegrainError
    ├── InputError       something given to us cannot be used (a file, a value, an option)
    ├── NotFoundError    a named thing does not exist
    ├── StateError       the workspace is not in a state that allows the call
    └── StorageError     the disk or a database refused

Rooms define their own errors as leaves of these, in an ``errors.py`` beside the code that raises them.
"""

from __future__ import annotations

from typing import ClassVar

from finegrain.i18n import N_, Phrase, translate


class FinegrainError(Exception):
    """Any error that finegrain raises on purpose.

    A subclass states ``code`` (stable, for programs), ``problem`` (what was wrong, with the value, and what is allowed) and
    ``remedy`` (the next step) as translatable templates; the facts given at construction fill them in and stay readable as
    ``error.facts``.

    Args:
        **facts: the values named by the templates.

    Examples:
        >>> str(UnknownNameError(kind="scheme", name="rfn", allowed="rfm, value"))
        'There is no scheme named “rfn”. Known: rfm, value.'
    """

    code: ClassVar[str] = "error"
    problem: ClassVar[str] = ""
    remedy: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.message())

    def message(self, language: str = "en") -> str:
        """Give the whole message, problem and remedy, in ``language`` (``"en"`` or ``"zh_CN"``)."""
        parts = (translate(text, language) for text in (self.problem, self.remedy) if text)
        joined = ("" if language.startswith("zh") else " ").join(parts)
        return joined.format(**{name: _told(fact, language) for name, fact in self.facts.items()})

    def to_dict(self, language: str = "en") -> dict[str, object]:
        """Give the error as the JSON object that every door answers with."""
        facts = {name: str(value) for name, value in self.facts.items()}
        return {"code": self.code, "message": self.message(language), "facts": facts}


def _told(fact: object, language: str) -> object:
    """Give a fact as a reader of a language is told it; what led to an error may be an error itself."""
    if isinstance(fact, FinegrainError):
        return fact.message(language)
    return fact.told(language) if isinstance(fact, Phrase) else fact


class InputError(FinegrainError):
    """Something that was given to us cannot be used."""

    code = "input"


class NotFoundError(FinegrainError):
    """A thing that was asked for by name or id does not exist."""

    code = "not_found"


class StateError(FinegrainError):
    """The workspace is not in a state that allows the call."""

    code = "state"


class StorageError(FinegrainError):
    """The disk or a database refused."""

    code = "storage"


class UnknownNameError(NotFoundError):
    """A name is not one of a closed set."""

    code = "unknown_name"
    problem = N_("There is no {kind} named “{name}”.")
    remedy = N_("Known: {allowed}.")


class BadValueError(InputError):
    """A value lies outside what an option allows."""

    code = "bad_value"
    problem = N_("{name} is {value}, which is not allowed.")
    remedy = N_("Give {allowed}.")
