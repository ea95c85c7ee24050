"""The catalogues of texts: what the code says, what each language answers, and where the two do not fit.

``python -m tools.messages`` checks, ``python -m tools.messages --write`` brings the files up to date.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, NamedTuple

from babel.messages.extract import extract_from_file
from babel.messages.pofile import normalize, read_po

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "finegrain"
LOCALES = SOURCE / "locales"
KEYWORDS = {"_": None, "N_": None, "Phrase": None, "ngettext": (1, 2), "translate": (1,)}

CJK = r"[\u3400-\u9fff]"
WORD = re.compile(r"[a-z]{4,}")
HALF_WIDTH = re.compile(rf"{CJK}[,;:!?()]|[,;!?()]{CJK}|{CJK}\.(?:$|\s|{CJK})")
NAMES = {"finegrain", "python", "parquet", "json", "excel", "lines"}
"""Words that a Chinese text may consist of alone."""


class Text(NamedTuple):
    """A text in the code: its English singular and, where the form depends on a number, its plural."""

    singular: str
    plural: str = ""


@dataclass(frozen=True)
class Entry:
    """One text of a catalogue with its translations, one a plural form."""

    translations: tuple[str, ...]
    fuzzy: bool = False


def room_of(path: Path) -> str:
    """Give the catalogue to which the texts of module ``path`` belong."""
    parts = path.relative_to(SOURCE).parts
    return "base" if len(parts) == 1 or parts[0] == "store" else parts[0]


@cache
def texts_in_code() -> dict[str, dict[Text, list[str]]]:
    """Give, per room, every marked text and the modules in which it stands."""
    rooms: dict[str, dict[Text, list[str]]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for _line, found, _comments, _context in extract_from_file("python", path, keywords=KEYWORDS):
            text = Text(*found) if isinstance(found, tuple) else Text(found)
            places = rooms.setdefault(room_of(path), {}).setdefault(text, [])
            place = path.relative_to(ROOT).as_posix()
            if place not in places:
                places.append(place)
    return rooms


def files_of(language: str, room: str) -> list[Path]:
    """Give the files of a room's catalogue: its own, and parts such as ``<room>_<part>.po`` that are to be joined with it."""
    folder = LOCALES / language
    return [path for path in (folder / f"{room}.po", *sorted(folder.glob(f"{room}_*.po"))) if path.exists()]


def read_catalogue(language: str, room: str) -> tuple[dict[Text, Entry], list[str]]:
    """Give the texts of a room's catalogue, and the ids of its obsolete ones; empty when there is none."""
    entries: dict[Text, Entry] = {}
    obsolete: list[str] = []
    for path in files_of(language, room):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
        found = {
            Text(*_strings(message.id)): Entry(_strings(message.string), message.fuzzy) for message in catalogue if message.id
        }
        entries |= {text: entry for text, entry in found.items() if text not in entries or entry.translations[0]}
        obsolete += [str(key) for key in catalogue.obsolete]
    return entries, obsolete


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(part) for part in value) if isinstance(value, (tuple, list)) else (str(value or ""),)


def placeholders(text: str) -> set[str]:
    """Give the names in braces of a template."""
    return {name for _literal, name, _spec, _conversion in Formatter().parse(text) if name is not None}


def problems() -> list[str]:
    """Give one sentence for each text that is missing, superfluous, or badly translated, in either language."""
    rooms = texts_in_code()
    found = [problem for language in ("en", "zh_CN") for problem in _file_problems(language, rooms)]
    return [*found, *_conflicts(rooms)]


def _file_problems(language: str, rooms: dict[str, dict[Text, list[str]]]) -> Iterator[str]:
    files = {path.stem for path in (LOCALES / language).glob("*.po")}
    yield from (
        f"{language}/{name}.po: belongs into another file, run `make messages`"
        for name in sorted(files)
        if not _is_part(name, rooms)
    )
    for room in sorted(rooms):
        entries, obsolete = read_catalogue(language, room)
        where = f"{language}/{room}.po"
        yield from (f"{where}: obsolete: {text}" for text in obsolete)
        yield from (f"{where}: not in the code: {text.singular!r}" for text in entries.keys() - rooms[room].keys())
        for text in rooms[room]:
            if text not in entries:
                yield f"{where}: missing: {text.singular!r}"
            else:
                yield from (f"{where}: {problem}: {text.singular!r}" for problem in entry_problems(language, text, entries[text]))


def _is_part(name: str, rooms: Iterable[str]) -> bool:
    """Say whether ``<name>.po`` is a room's catalogue, or a part of one (``collect_wire``)."""
    return name in rooms or name.partition("_")[0] in rooms


def entry_problems(language: str, text: Text, entry: Entry) -> Iterator[str]:
    """Give what is wrong with one translation."""
    if entry.fuzzy:
        yield "fuzzy"
    if language == "en" and entry.translations != tuple(part for part in text if part):
        yield "differs from the code"
    for translation in entry.translations:
        if not translation:
            yield "empty"
        elif language == "zh_CN":
            yield from chinese_problems(text, translation)


def chinese_problems(text: Text, translation: str) -> Iterator[str]:
    """Give what is wrong with a Chinese text: other placeholders, no Chinese in it, half-width punctuation beside Chinese."""
    if placeholders(translation) != placeholders(text.plural or text.singular):
        yield f"other placeholders in {translation!r}"
    words = set(WORD.findall(re.sub(r"\{[^}]*\}|`[^`]*`|--\S+", "", text.singular).lower()))
    if words - NAMES and not re.search(CJK, translation):
        yield f"not Chinese: {translation!r}"
    if HALF_WIDTH.search(re.sub(r"`[^`]*`", "", translation)):
        yield f"half-width punctuation: {translation!r}"
    if translation.strip() != translation and text.singular.strip() == text.singular:
        yield f"space at the edge: {translation!r}"


def _conflicts(rooms: dict[str, dict[Text, list[str]]]) -> Iterator[str]:
    seen: dict[str, tuple[str, Entry]] = {}
    for room in sorted(rooms):
        for text, entry in read_catalogue("zh_CN", room)[0].items():
            other, first = seen.setdefault(text.singular, (room, entry))
            if first.translations != entry.translations:
                yield f"zh_CN: {text.singular!r} is {first.translations} in {other}.po and {entry.translations} in {room}.po"


def write(language: str, room: str, texts: dict[Text, list[str]]) -> None:
    """Write one catalogue anew: every text of the code, with the translations that were known."""
    known, _obsolete = read_catalogue(language, room)
    for part in files_of(language, room):
        part.unlink()
    path = LOCALES / language / f"{room}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    blocks = [_header(language), *(_block(language, text, places, known.get(text)) for text, places in texts.items())]
    path.write_text("\n".join(blocks), encoding="utf-8")


def _header(language: str) -> str:
    forms = "nplurals=2; plural=(n != 1);" if language == "en" else "nplurals=1; plural=0;"
    fields = {
        "Project-Id-Version": "finegrain",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": forms,
    }
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{name}: {value}\\n"\n' for name, value in fields.items())


def _block(language: str, text: Text, places: Iterable[str], known: Entry | None) -> str:
    lines = [f"#: {place}" for place in places]
    own = (text.singular, text.plural) if language == "en" else ("",)
    strings = known.translations if known and language != "en" else own
    lines.append(f"msgid {normalize(text.singular, width=120)}")
    if text.plural:
        lines.append(f"msgid_plural {normalize(text.plural, width=120)}")
        lines += [f"msgstr[{form}] {normalize(string, width=120)}" for form, string in enumerate(strings)]
    else:
        lines.append(f"msgstr {normalize(strings[0], width=120)}")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Check, or with ``--write`` update first; ``--en`` writes English only. Give the exit code."""
    if "--write" in arguments:
        for room, texts in texts_in_code().items():
            for language in ("en",) if "--en" in arguments else ("en", "zh_CN"):
                write(language, room, texts)
    found = problems()
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
