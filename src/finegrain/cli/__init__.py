"""The command line: ``finegrain``. A door: it parses, calls one service of the workspace, and shows the answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from finegrain.i18n import speaking

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130
REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the words after ``finegrain``; those of this process by default.

    Returns:
        The exit code: 0, 2 when something was refused (one sentence on stderr says what), 130 after Ctrl-C.
    """
    from finegrain.cli.arguments import take_global

    invocation, rest = take_global(list(sys.argv[1:] if arguments is None else arguments))
    with speaking(invocation.language):
        from finegrain.cli.running import run

        return run(invocation, rest)
