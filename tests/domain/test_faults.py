from streams.domain.faults import ABSENT, Place, nearest, shown


def test_places_know_their_path() -> None:
    """A fault carries the kind, the id and the path down to its place; all go into one list."""
    top = Place("segment", "s", (), [])
    top.at("filter").at("groups", 0).fault("x", 5)
    top.fault("y", ABSENT, "z")
    assert [(f.kind, f.id, f.path, f.expected, f.found, f.hint) for f in top.noted] == [
        ("segment", "s", ("filter", "groups", 0), "x", "5", None),
        ("segment", "s", (), "y", "nothing", "z"),
    ]


def test_values_are_shown_as_json() -> None:
    """What stood there is shown as it would be written, and cut when long."""
    assert shown("a") == '"a"'
    assert shown({"a": [1, None, True]}) == '{"a": [1, null, true]}'
    assert shown({1}) == "{1}"
    assert len(shown("x" * 1000)) == 60
    assert shown("Zoë") == '"Zoë"'


def test_the_nearest_name() -> None:
    """A hint names what is alike, and keeps silent when nothing is."""
    assert nearest("new_reviews", ["purchase", "new_review"]) == "did you mean new_review?"
    assert nearest("zzz", ["purchase", "new_review"]) is None


def test_keys_that_mean_nothing() -> None:
    """Each unknown key is a fault of its own, at its own place."""
    place = Place("segment", "s", (), [])
    place.keys({"fliter": 1, "id": 2, "tpye": 3}, {"filter", "type", "id"})
    assert [(f.path, f.hint) for f in place.noted] == [
        (("fliter",), "did you mean filter?"),
        (("tpye",), "did you mean type?"),
    ]


def test_yaml_numbers_as_keys_become_text() -> None:
    """A rule numbered without quotes is the rule of that number."""
    assert Place("x", "y", (), []).mapping({1: "a"}) == {"1": "a"}
