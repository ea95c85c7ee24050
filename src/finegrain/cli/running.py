"""Runs one command and turns whatever ends it into an exit code."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import typer

from finegrain.cli import INTERRUPTED, REFUSED
from finegrain.cli.errors import MissingArgumentError, from_parser
from finegrain.cli.interrupts import noticing_interrupts, was_interrupted
from finegrain.cli.output import report
from finegrain.errors import FinegrainError

if TYPE_CHECKING:
    from finegrain.cli.arguments import Invocation

PROGRAM = "finegrain"


def run(invocation: Invocation, arguments: list[str]) -> int:
    """Run the command that ``arguments`` name; give its exit code."""
    with noticing_interrupts():
        try:
            return _run(invocation, arguments)
        except (KeyboardInterrupt, typer.Abort):
            return INTERRUPTED
        except BrokenPipeError:
            # Whoever read our output has gone (head, less); closing it again at exit would complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except Exception as error:
            # DuckDB turns Ctrl-C into an error of its own, which a room may have translated.
            if was_interrupted():
                return INTERRUPTED
            refusal = _refusal(error)
            if refusal is None:
                raise
            report(refusal, invocation)
            return REFUSED


def _run(invocation: Invocation, arguments: list[str]) -> int:
    if invocation.missing:
        raise MissingArgumentError(name=invocation.missing, command=PROGRAM)
    code = _program()(args=arguments or ["--help"], prog_name=PROGRAM, standalone_mode=False, obj=invocation)
    return code if isinstance(code, int) else 0


@cache
def _program() -> Any:
    # typer reads all signatures anew whenever its application is called, which takes 0.1 s.
    from finegrain.cli.app import app

    return typer.main.get_command(app)


def _refusal(error: Exception) -> FinegrainError | None:
    if isinstance(error, typer.TyperException):
        return from_parser(error, PROGRAM)
    return error if isinstance(error, FinegrainError) else None
