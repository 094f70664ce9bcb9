from streams.agents.source_labels import SourceLabels


def test_the_first_hundred_sources_go_under_their_own_names() -> None:
    """All later ones share a label; no source is one of its own."""
    labels = SourceLabels()
    assert [labels.of(f"till-{number}") for number in range(99)] == [f"till-{number}" for number in range(99)]
    assert labels.of(None) == labels.of("") == ""
    assert [labels.of("till-100"), labels.of("till-7")] == ["other", "till-7"]
