"""YAML as people mean it: objects, lists, texts, numbers, true, false and null, each written out; nothing else is read."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import yaml

from finegrain.i18n import Phrase

_TAG = "tag:yaml.org,2002:"
_BREAKS = re.compile("[\\x85\\u2028\\u2029]")
# Less than YAML 1.1 takes for something else than text, so that what PyYAML writes comes back as it was.
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+.0123456789"),
)
_NO_TEXT = re.compile("|".join(f"(?:{pattern})" for _kind, pattern, _first in _KINDS))


class NotPlainError(ValueError):
    """A text is no YAML, or holds more than plain values.

    Attributes:
        line: where, counted from 1; None where that is not known.
        problem: what stands there.
        told: both, as a reason.
    """

    def __init__(self, problem: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line
        self.told = Phrase("line {line}: {problem}", line=line, problem=problem) if line else problem


def load(text: str) -> Any:
    """Give what a text in YAML says, as JSON values; JSON is YAML, too.

    Without quotes, too, texts stay what they are where YAML 1.1 sees something else in them: ``no``, ``2024-06-01``, ``12:30``,
    ``0123``. A key that stands twice is refused, because one of the two would be lost, and so is an alias: a few of them in each
    other make a short text endless.

    Raises:
        NotPlainError: it is none, or says more.

    Examples:
        >>> load("{on: no, since: 2024-06-01, from: 12:30, id: 0123, size: 12}")
        {'on': 'no', 'since': '2024-06-01', 'from': '12:30', 'id': '0123', 'size': 12}
    """
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - it makes less than the safe one
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise NotPlainError(error.problem or str(error), mark.line + 1 if mark else None) from error
    except (yaml.YAMLError, ValueError, LookupError) as error:
        raise NotPlainError(str(error)) from error
    except RecursionError as error:
        raise NotPlainError(Phrase("nested too deeply")) from error


def dump(value: Any) -> str:
    """Give JSON values as a text in YAML that ``load`` reads as they are, in the order in which they stand.

    Examples:
        >>> print(dump({"name": "常客", "on": ["yes", 12]}), end="")
        name: 常客
        'on':
        - 'yes'
        - 12
    """
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100))


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]
    """Writes texts so that they come back.

    The line breaks of Unicode become escapes, for between single quotes some of them would be read as blanks; and what the loader
    takes for something else than text, such as ``-.5``, is quoted even where PyYAML would not.
    """

    def represent_str(self, data: str) -> yaml.ScalarNode:
        style = '"' if _BREAKS.search(data) else "'" if _NO_TEXT.fullmatch(data) else None
        return self.represent_scalar(f"{_TAG}str", data, style=style)


_Dumper.add_representer(str, _Dumper.represent_str)


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Reads plain values alone."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}
    yaml_constructors: ClassVar[dict[str | None, Any]] = {
        tag: make
        for tag, make in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag.removeprefix(_TAG) in {"null", "bool", "int", "float", "str", "seq", "map"}
    }

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.MarkedYAMLError(problem=Phrase("the alias *{name}", name=event.anchor), problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's
        found: dict[Any, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem=Phrase("a key that is no text"), problem_mark=key.start_mark)
            if key.value in found:
                raise yaml.MarkedYAMLError(problem=Phrase("a second “{name}”", name=key.value), problem_mark=key.start_mark)
            found[key.value] = self.construct_object(value, deep=deep)
        return found


for _kind, _pattern, _first in _KINDS:
    _Loader.add_implicit_resolver(f"{_TAG}{_kind}", re.compile(f"(?:{_pattern})$"), list(_first))
_Loader.add_implicit_resolver(f"{_TAG}null", re.compile(r"$"), [""])
