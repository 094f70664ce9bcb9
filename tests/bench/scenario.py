"""One scenario of the benchmark, as a value: what it is about, how large its forms are, and how it is measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tests.bench.findings import Findings
from tests.bench.ground import Ground

Form = Literal["tiny", "short", "full"]
"""For a test of the bench itself, for a look, for the record."""


@dataclass(frozen=True)
class Scenario:
    """What is measured, in which sizes."""

    name: str
    title: str
    about: str
    """What is measured, in a paragraph."""
    method: str
    """How, in a paragraph."""
    sizes: Mapping[Form, Any]
    measure: Callable[[Ground, Any], Findings]
