"""Texts in the reader's language: gettext catalogues, one ``.po`` file a room, read when a language is used."""

from __future__ import annotations

import io
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Language = Literal["en", "zh_CN"]
LANGUAGES: tuple[Language, ...] = ("en", "zh_CN")
LOCALES = Path(__file__).parent / "locales"
_FIRST = ("base", "cli")

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
        facts = {name: fact.told(language) if isinstance(fact, Phrase) else fact for name, fact in self._facts.items()}
        return text.format(**facts) if facts else text


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


class _Rooms(NullTranslations):
    """The texts of all rooms, each room's read once a text is asked for that those before it do not hold.

    The same text reads the same in every room, so their order makes no difference but to the command line's help, which answers
    from the first of them.
    """

    def __init__(self, paths: Sequence[Path], language: Language) -> None:
        super().__init__()
        self._language = language
        self._waiting = sorted(paths, key=lambda path: (path.stem not in _FIRST, path.stem))
        self._parts: list[GNUTranslations] = []
        self._reading = Lock()

    def gettext(self, message: str) -> str:
        """Translate a text; one without a translation comes back as it is."""
        found = (part.gettext(message) for part in self._each())
        return next((text for text in found if text != message), message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Translate a text whose form depends on a number."""
        found = (part.ngettext(msgid1, msgid2, n) for part in self._each())
        return next((text for text in found if text not in {msgid1, msgid2}), msgid1 if n == 1 else msgid2)

    def _each(self) -> Iterator[GNUTranslations]:
        place = 0
        while place < len(self._parts) or self._read_next(place):
            yield self._parts[place]
            place += 1

    def _read_next(self, place: int) -> bool:
        with self._reading:
            if place == len(self._parts) and self._waiting:
                self._parts.append(_read(self._waiting.pop(0), self._language))
            return place < len(self._parts)


def _read(path: Path, language: Language) -> GNUTranslations:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    binary = io.BytesIO()
    with path.open("rb") as file:
        write_mo(binary, read_po(file, locale=language))
    binary.seek(0)
    return GNUTranslations(binary)


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: Language) -> NullTranslations:
    return NullTranslations() if language == "en" else _Rooms(list((LOCALES / language).glob("*.po")), language)
