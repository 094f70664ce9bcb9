"""What a scenario found: figures with their targets, counts that must be right, tables, pictures.

Decides when a target is met and how that is said. Knows neither how a figure was measured nor how a page looks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.figures import Spread, spread

if TYPE_CHECKING:  # drawing takes a second to import, and only pages need it
    from matplotlib.axes import Axes


class Target(NamedTuple):
    """What a figure should be: below a limit, or at least a floor."""

    limit: float
    at_least: bool = False

    def met_by(self, value: float) -> bool:
        """Whether a value is as it should be."""
        return value >= self.limit if self.at_least else value < self.limit


@dataclass(frozen=True)
class Figure:
    """One figure, once for each repeat."""

    name: str
    unit: str
    values: Sequence[float]
    target: Target | None = None
    digits: int = 0

    @property
    def spread(self) -> Spread | None:
        """Median and range; ``None`` if nothing was measured."""
        return spread(self.values) if self.values else None

    @property
    def verdict(self) -> str:
        """Whether the target is met: in every repeat, in some, or in none; empty without a target."""
        if self.target is None:
            return ""
        met = sum(map(self.target.met_by, self.values))
        if not self.values:
            return "not measured"
        if 0 < met < len(self.values):
            return f"noise: met in {met} of {len(self.values)}"
        return "met" if met else "missed"


class Check(NamedTuple):
    """A count that must be right, whatever the times are."""

    what: str
    expected: int
    found: int

    @property
    def right(self) -> bool:
        """Whether it is."""
        return self.expected == self.found


class Table(NamedTuple):
    """Rows under headings."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


class Picture(NamedTuple):
    """A drawing with a name, unique within its scenario, and a sentence."""

    name: str
    caption: str
    draw: Callable[[], "Axes"]
    """Draws it; any axes of the drawing will do."""


@dataclass(frozen=True)
class Findings:
    """All that a scenario found."""

    figures: Sequence[Figure]
    checks: Sequence[Check]
    size: str
    """How much was done, in words."""
    notes: Sequence[str] = ()
    """What a reader must know of these very runs."""
    tables: Sequence[Table] = ()
    pictures: Sequence[Picture] = ()
    series: Mapping[str, object] = field(default_factory=dict)
    """What the pictures show, as data."""
