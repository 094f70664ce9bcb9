"""``python -m topology``: the command line, for where the console script is not on the path."""

from topology.command_line import main

main(prog_name="tidemark")
