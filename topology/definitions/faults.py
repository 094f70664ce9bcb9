"""How a fault in a definition is shown: place, path, what was expected, what stands there, a hint.

Decides the wording for every command; finds no faults itself.
"""

from streams.domain.definitions import Fault
from topology.definitions.places import Parts, Place


def fault_line(fault: Fault, place: Place | None = None) -> str:
    """One fault as one line, with its place in front where that is known."""
    where = f"{place}: " if place else ""
    return f"{where}{fault.kind}/{fault.id}: {fault_words(fault)}"


def fault_words(fault: Fault) -> str:
    """What is wrong, and where in the body, without saying in which definition."""
    hint = f" ({fault.hint})" if fault.hint else ""
    return f"{show_path(fault.path)}: expected {fault.expected}, found {fault.found}{hint}"


def show_path(path: Parts) -> str:
    """A path as it is written in messages: ``filter.groups[0].junction``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "top"
