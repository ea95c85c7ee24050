"""Rules, and what is made of rules, from files: JSON or YAML, or what is piped in."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

from finegrain.cli.errors import BadRuleFileError
from finegrain.i18n import _


def read_file(file: str) -> dict[str, Any]:
    """Read one object.

    Args:
        file: a path, or ``-`` for what is piped in.

    Raises:
        BadRuleFileError: there is no such file, or no object with the fields of a rule in it.
    """
    import yaml

    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        found = yaml.safe_load(text)  # JSON is YAML, too
    except (OSError, ValueError, yaml.YAMLError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadRuleFileError(file=file, reason=reason) from error
    if not isinstance(found, dict):
        raise BadRuleFileError(file=file, reason=_("it is no object with the fields of a rule"))
    plain: dict[str, Any] = _plain(found)
    return plain


def _plain(value: Any) -> Any:
    """Give a date, as YAML reads one without quotes, as the text that rules take."""
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value  # a datetime is one, too
