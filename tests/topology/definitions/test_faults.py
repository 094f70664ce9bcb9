"""How a fault reads."""

from streams.domain.definitions import Fault
from topology.definitions.faults import fault_line, show_path
from topology.definitions.places import Place

FAULT = Fault("segment", "a", ("filter", "groups", 0, "junction"), "and | or", '"nor"', "did you mean or?")


def test_a_fault_is_one_line_with_everything() -> None:
    """Place, definition, path, expected, found, hint: in this order."""
    assert fault_line(FAULT, Place("d.yaml", 3, 7)) == (
        'd.yaml:3:7: segment/a: filter.groups[0].junction: expected and | or, found "nor" (did you mean or?)'
    )


def test_a_fault_without_place_and_hint_is_shorter() -> None:
    """Live definitions come from no file."""
    assert fault_line(FAULT._replace(hint=None)) == (
        'segment/a: filter.groups[0].junction: expected and | or, found "nor"'
    )


def test_the_whole_definition_is_called_top() -> None:
    """An empty path would leave a hole in the sentence."""
    assert show_path(()) == "top"
