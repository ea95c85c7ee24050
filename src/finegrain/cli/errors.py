"""What can be wrong with a command line."""

from __future__ import annotations

from typing import Any

from finegrain.errors import InputError, StateError
from finegrain.i18n import N_


class UsageError(InputError):
    """A command line cannot be understood."""

    code = "usage"
    problem = N_("The command line cannot be understood: {reason}.")
    remedy = N_("See `{command} --help`.")


class UnknownCommandError(UsageError):
    """There is no such command."""

    code = "unknown_command"
    problem = N_("There is no command “{name}”.")
    remedy = N_("Known: {allowed}.")


class UnknownOptionError(UsageError):
    """There is no such option."""

    code = "unknown_option"
    problem = N_("`{command}` has no option {name}.")
    remedy = N_("See `{command} --help`.")


class MissingArgumentError(UsageError):
    """A required word is missing."""

    code = "missing_argument"
    problem = N_("`{command}` needs {name}, which is missing.")
    remedy = N_("See `{command} --help`.")


class MissingCommandError(UsageError):
    """A group of commands was named without one of them."""

    code = "missing_command"
    problem = N_("`{command}` needs one of its commands.")
    remedy = N_("Known: {allowed}.")


class BadArgumentError(UsageError):
    """A word or an option has a value that it cannot take."""

    code = "bad_argument"
    problem = N_("{name} has a value that it cannot take: {reason}.")
    remedy = N_("See `{command} --help`.")


class BadAssignmentError(UsageError):
    """A ``name=value`` option was given something else."""

    code = "bad_assignment"
    problem = N_("{option} is given as “{value}”, which is not of the form {form}.")
    remedy = N_("Write for example {example}.")


class BadConditionError(UsageError):
    """A condition or a step is not of the short form."""

    code = "bad_condition"
    problem = N_("“{text}” is neither a condition nor a step.")
    remedy = N_(
        "Write conditions such as price>=100, city=Ulm|Bonn, person.plan=pro or coupon?, and steps such as Name[price>=9]."
    )


class BadSpecError(UsageError):
    """What --spec names holds no query."""

    code = "bad_spec"
    problem = N_("{file} holds no query: {reason}.")
    remedy = N_("Give a file with one JSON object, or - for what is piped in.")


class BadRuleFileError(UsageError):
    """A file holds no rule."""

    code = "bad_rule_file"
    problem = N_("{file} holds no rule: {reason}.")
    remedy = N_("Give a file with one rule as JSON or YAML, or - for what is piped in.")


class NoWorkspaceError(StateError):
    """A command that only reads was pointed at a folder without a workspace."""

    code = "no_workspace"
    problem = N_("There is no workspace in {home}.")
    remedy = N_("Create one with `finegrain init` or by an import, or name another folder with --home.")


class NotEmptyError(StateError):
    """``init`` was pointed at a folder that is a workspace already."""

    code = "workspace_exists"
    problem = N_("{home} is a workspace already.")
    remedy = N_("Change its settings in {file}, or name another folder with --home.")


def from_parser(error: Any, command: str) -> UsageError:
    """Translate an error of the parser into one of ours, by the kind it names.

    Args:
        error: an exception of typer's parser.
        command: the command line up to the place of the error.
    """
    context = getattr(error, "ctx", None)
    command = context.command_path if context else command
    name = getattr(error, "option_name", None) or _hint(error)
    match type(error).__name__:
        case "NoSuchOption":
            return UnknownOptionError(name=name, command=command)
        case "NoArgsIsHelpError":
            return MissingCommandError(command=command, allowed=", ".join(error.ctx.command.commands))
        case "MissingParameter" | "BadOptionUsage":
            return MissingArgumentError(name=name, command=command)
        case "BadParameter":
            return BadArgumentError(name=name, reason=str(error.message).rstrip("."), command=command)
    return UsageError(reason=str(error.format_message()).rstrip("."), command=command)


def _hint(error: Any) -> str:
    parameter = getattr(error, "param", None)
    if parameter is None:
        return str(getattr(error, "param_hint", "") or "")
    return str(parameter.metavar or parameter.name).upper() if parameter.param_type_name == "argument" else parameter.opts[-1]
