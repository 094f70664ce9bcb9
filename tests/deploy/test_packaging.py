"""What is installed is whole: also without the project's directory everything is there that runs."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import deploy
from tests.house.conftest import ROOMS

PROJECT = Path(deploy.__file__).parent.parent


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files in the wheel that ``pip install .`` would install."""
    target = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(target),
        str(PROJECT),
    ]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    with zipfile.ZipFile(next(target.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("schemas", "*.avsc"),
        ("deploy/kafka", "pom.xml"),
        ("deploy/kafka", "log4j2.properties"),
        ("deploy/demo", "*.csv.gz"),
        ("deploy/demo/definitions", "*.yaml"),
        ("deploy/demo/mailer", "*.txt"),
        *((room, "*.py") for room in ROOMS),
    ],
)
def test_a_wheel_holds_all_that_is_needed_to_run(packed: set[str], where: str, what: str) -> None:
    """Event and output definitions, the broker's configuration, the demo's data and rules, and all code."""
    wanted = {str(file.relative_to(PROJECT)) for file in (PROJECT / where).rglob(what)}
    assert wanted
    assert wanted <= packed


def test_a_wheel_holds_neither_tests_nor_jars(packed: set[str]) -> None:
    """Those who run Tidemark need neither; the jars are Maven's to fetch."""
    assert not [name for name in packed if name.startswith("tests/") or name.endswith(".jar")]
