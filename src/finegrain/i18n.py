"""Texts in the reader's language: gettext catalogues, one ``.po`` file a room, joined when a language is first used."""

from __future__ import annotations

import gettext
import io
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Language = Literal["en", "zh_CN"]
LANGUAGES: tuple[Language, ...] = ("en", "zh_CN")
LOCALES = Path(__file__).parent / "locales"

_current: ContextVar[Language] = ContextVar("finegrain_language", default="en")


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "mark, translate later"
    """Mark ``text`` for translation and return it unchanged."""
    return text


class Phrase(str):  # noqa: SLOT000 - it carries its template and facts
    """A text of ours that stands as a fact in an error, and is told in the language in which the error is.

    Args:
        template: the English text, as it stands in the code.
        **facts: values for the ``{names}`` in it.

    Examples:
        >>> Phrase("a number from {least} up", least=1)
        'a number from 1 up'
    """

    _template: str
    _facts: dict[str, object]

    def __new__(cls, template: str, **facts: object) -> Self:
        """Make the phrase, which reads as its English text."""
        made = super().__new__(cls, template.format(**facts) if facts else template)
        made._template, made._facts = template, facts
        return made

    def told(self, language: str) -> str:
        """Give the phrase in ``language``."""
        text = translate(self._template, language)
        return text.format(**self._facts) if self._facts else text


def _(text: str, **facts: object) -> str:
    """Translate ``text`` into the current language and fill in ``facts``.

    Args:
        text: the English text, as it stands in the code.
        **facts: values for the ``{names}`` in it.
    """
    translated = translate(text, current_language())
    return translated.format(**facts) if facts else translated


def ngettext(one: str, many: str, n: int, **facts: object) -> str:
    """Translate a text whose form depends on the number ``n``, and fill in ``n`` and ``facts``."""
    return _catalogue(current_language()).ngettext(one, many, n).format(n=n, **facts)


def translate(text: str, language: str) -> str:
    """Translate ``text`` into ``language``; a text without a translation comes back as it is."""
    return _catalogue(normalise(language)).gettext(text) if text else ""


def current_language() -> Language:
    """Give the language of the reader who is being answered now."""
    return _current.get() if _resolver is None else (_resolver() or _current.get())


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Answer in ``language`` inside the ``with`` block."""
    token = _current.set(normalise(language))
    try:
        yield
    finally:
        _current.reset(token)


def normalise(language: str | None) -> Language:
    """Map a language tag of any spelling (``zh-CN``, ``zh_CN.UTF-8``, ``en-GB``) to one of ours; unknown ones to English.

    Examples:
        >>> normalise("zh-Hans-CN"), normalise("de"), normalise(None)
        ('zh_CN', 'en', 'en')
    """
    return "zh_CN" if (language or "").lower().startswith("zh") else "en"


_resolver: Callable[[], Language | None] | None = None


def resolve_language_with(resolver: Callable[[], Language | None] | None) -> None:
    """Let a door say whom it is talking to; ``resolver`` returns None where it does not know."""
    global _resolver  # noqa: PLW0603 - one process has one console
    _resolver = resolver


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: Language) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    joined: gettext.GNUTranslations | None = None
    for path in sorted((LOCALES / language).glob("*.po")):
        binary = io.BytesIO()
        with path.open("rb") as file:
            write_mo(binary, read_po(file, locale=language))
        binary.seek(0)
        part = gettext.GNUTranslations(binary)
        if joined is None:
            joined = part
        else:
            joined._catalog.update(part._catalog)  # type: ignore[attr-defined]  # noqa: SLF001 - gettext cannot join
    return joined or gettext.NullTranslations()
