"""Where images stand, and that none is left."""

from pathlib import Path

from streams.engine.images import Images
from streams.engine.state_store import StateStore


def test_images_are_there_until_nobody_needs_them(tmp_path: Path) -> None:
    """One for each open store; a store that is closed has none; afterwards all are gone."""
    stores = {number: StateStore.open(tmp_path / str(number)) for number in (2, 5)}
    stores[5].close()
    images = Images(tmp_path / "images")
    with images.of(stores) as paths:
        assert paths.keys() == {2}
        assert paths[2].is_dir()
    assert list((tmp_path / "images").iterdir()) == []
    stores[2].close()


def test_what_a_crash_left_is_removed(tmp_path: Path) -> None:
    """The next start begins with none."""
    left = tmp_path / "images" / "of-old"
    left.mkdir(parents=True)
    (left / "1.sst").touch()
    Images(tmp_path / "images")
    assert not left.exists()


def test_two_may_ask_at_once(tmp_path: Path) -> None:
    """Each has images of its own, and one that goes takes nothing from the other."""
    store = StateStore.open(tmp_path / "0")
    images = Images(tmp_path / "images")
    with images.of({0: store}) as first:
        with images.of({0: store}) as second:
            assert first[0] != second[0]
        assert first[0].is_dir()
    store.close()
