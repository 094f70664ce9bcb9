"""Tables as text."""

from topology.tables import table


def test_columns_stand_below_one_another() -> None:
    """Each column is as wide as its widest cell; no line ends in blanks."""
    assert table(("a", "name"), [("long", ""), ("b", "x y")]).splitlines() == [
        "a     name",
        "----  ----",
        "long",
        "b     x y",
    ]
