"""Rules, and what is made of rules, from files: JSON or YAML, or what is piped in."""

from __future__ import annotations

import sys
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
    from finegrain.plain_yaml import NotPlainError, load

    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        found = load(text)  # JSON is YAML, too
    except NotPlainError as error:
        raise BadRuleFileError(file=file, reason=error.told) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadRuleFileError(file=file, reason=reason) from error
    if not isinstance(found, dict):
        raise BadRuleFileError(file=file, reason=_("it is no object with the fields of a rule"))
    return found
