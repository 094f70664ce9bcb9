"""Kinds of values on the command line: instants, files, directories, modes.

Decides how they are read and what is said about one that is wrong.
"""

from pathlib import Path

import click

from schemas.compatibility_mode import MODES
from streams.domain.instants import Instant, parse_instant


class InstantType(click.ParamType):
    """An instant in RFC 3339, or a date, which is its midnight in UTC."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Instant:
        """Read it, or fail with what was expected."""
        try:
            return parse_instant(str(value))
        except (ValueError, OverflowError):
            self.fail(f"expected an instant such as 1998-07-01T00:00:00Z, found {value!r}", param, ctx)


INSTANT = InstantType()
EVENTS_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)
"""NDJSON, plain or gzip, or ``-``."""
COMPATIBILITY = click.Choice(MODES, case_sensitive=False)
"""What a changed event definition must keep."""
PLAN_COMPATIBILITY = click.option(
    "--compatibility",
    type=COMPATIBILITY,
    help="What changed event definitions must keep, in place of TIDEMARK_COMPATIBILITY.",
)
"""The option of the commands that make a plan."""
WAIT = click.option(
    "--wait",
    type=click.FloatRange(0),
    default=10,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for partitions that are out of service.",
)
"""The option of the commands that ask workers."""
TEXT_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)
"""A file, or ``-``."""
DIRECTORY = click.Path(path_type=Path)
"""Checked where it is read: the message is better there."""
