"""``finegrain compile``: compile all kernels ahead of the first question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from finegrain.cli.output import print_json, show
from finegrain.cli.session import compiling_progress
from finegrain.i18n import _

if TYPE_CHECKING:
    from finegrain.cli.arguments import Invocation


def compile_(ctx: typer.Context) -> None:
    """Compile all kernels ahead of the first question."""
    from finegrain.server.compiling import compile_kernels

    invocation: Invocation = ctx.obj
    with compiling_progress() as progress:
        needed = compile_kernels(progress)
    if invocation.json:
        print_json({"compiled": True, "was_compiled": not needed})
    else:
        show(
            _("Everything is compiled. First questions need not wait any more.")
            if needed
            else _("Everything was compiled before.")
        )
