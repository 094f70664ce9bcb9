"""Documents are put together from what readers meet."""

from topology.definitions.places import Builder, Document, Part, Place


def test_a_document_of_one_scalar_is_finished_at_once() -> None:
    """No container needs to be open."""
    builder = Builder()
    builder.add(Part("x", Place("f", 1, 1), {}))
    assert builder.finished == Part("x", Place("f", 1, 1), {})


def test_nothing_is_finished_while_a_container_is_open() -> None:
    """The end of the outermost container ends the document."""
    builder = Builder()
    builder.open(list, Place("f", 1, 1))
    builder.add(Part(1, Place("f", 1, 2), {}))
    assert builder.finished is None
    builder.close()
    assert builder.finished == Part([1], Place("f", 1, 1), {(0,): Place("f", 1, 2)})


def test_the_nearest_written_part_stands_for_one_that_is_not() -> None:
    """Going outwards, the first part with a place is taken; the document itself always has one."""
    document = Document({"a": 1}, {(): Place("f", 1, 1), ("a",): Place("f", 1, 4)})
    assert document.locate(("a", "b", 3)) == Place("f", 1, 4)
    assert document.locate(("z",)) == Place("f", 1, 1)
