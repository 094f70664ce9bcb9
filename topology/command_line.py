"""The command line ``tidemark``: one group, its commands loaded when asked for.

Decides how mistakes look (a message, no stack trace) and the exit codes: 0 done, 1 the answer is no, 2 the
request was wrong, 130 interrupted. What a command does stands in ``topology/commands``, in a module and a
function of its name, with a dash below behind it where that is a word of Python.
"""

import importlib
from keyword import iskeyword
from typing import Any, NoReturn

import click

from streams.domain.definitions import DefinitionError
from streams.engine.errors import ConfigurationError

INTERRUPTED = 130
"""What a shell reports for a process that ended on SIGINT."""

COMMANDS = {
    "broker": "Start, stop or look at a Kafka broker on this machine.",
    "plan": "Show what `apply` would change: topics and definitions.",
    "apply": "Create the topics and publish the definitions of a directory.",
    "worker": "Run the agents: events in, decisions out, exactly once.",
    "gateway": "Take events over HTTP, for those who have no Kafka client.",
    "produce": "Send events from a file to the custom-events topic.",
    "tick": "Move the stream clock on.",
    "find": "Find customers by any filter: how many, and who.",
    "explain": "Say in which segments a customer is, and in which not.",
    "validate": "Check events against their definitions, without Kafka.",
    "try": "Say what one event would do, and why, without Kafka.",
    "test": "Run the scenarios that stand beside definitions, without Kafka.",
    "rejected": "List, show and replay what was rejected.",
    "backtest": "Run definitions over a history of events, without Kafka.",
    "schema": "Show, write, compare and document event definitions.",
    "describe": "Print topics, settings and live definitions.",
}
"""Every command with its one line of help, which stands here so that ``--help`` need import none of them."""


class LazyGroup(click.Group):
    """A group that imports a command when it is run, and turns known mistakes into messages."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which one meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; ``None`` if there is none of this name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command = getattr(importlib.import_module(f"topology.commands.{name}"), name)
        assert isinstance(command, click.Command)  # noqa: S101 - a room's own rule, not a user's mistake
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, importing none."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a misspelt one is met with the nearest name."""
        import difflib

        name = args[0] if args else ""
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        if name not in COMMANDS and near and not name.startswith("-"):
            ctx.fail(f"No such command {name!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; the operator's mistakes become messages with exit code 2."""
        from schemas.errors import SchemaError

        try:
            return super().invoke(ctx)
        except (ConfigurationError, SchemaError, DefinitionError) as error:
            _refuse(error)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(INTERRUPTED)


def _refuse(error: Exception) -> NoReturn:
    refusal = click.ClickException(str(error))
    refusal.exit_code = 2
    raise refusal from error


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tidemark")
def main() -> None:
    """Turn customer events on Kafka into segments, messages and points, exactly once.

    \b
    A first round, on this machine:
      tidemark broker start
      tidemark apply definitions/
      tidemark worker &
      tidemark produce events.ndjson

    \b
    Without Kafka:
      tidemark validate events.ndjson
      tidemark try --definitions definitions/ --event event.json
      tidemark test definitions/
      tidemark backtest --definitions definitions/ --events events.ndjson --out out/

    Settings come from environment variables TIDEMARK_…; `tidemark describe --offline` lists them.
    """  # noqa: D301 - click reads the backspace, a raw string would hide it
