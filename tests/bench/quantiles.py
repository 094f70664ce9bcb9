"""Latencies as a few numbers, and whether a quantity grows: what is said of many samples.

Decides how a quantile is taken: the smallest sample that at least that part of all samples does not exceed, so it is
always one that was seen. Knows nothing of how the samples were taken.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple


class Quantiles(NamedTuple):
    """What many samples come to; all 0 if there were none."""

    samples: int
    p50: float
    p90: float
    p99: float
    p999: float
    most: float


def quantiles(samples: Sequence[float]) -> Quantiles:
    """The quantiles of samples in any order."""
    if not samples:
        return Quantiles(0, 0, 0, 0, 0, 0)
    ordered = sorted(samples)
    p50, p90, p99, p999 = (quantile(ordered, share) for share in (0.5, 0.9, 0.99, 0.999))
    return Quantiles(len(ordered), p50, p90, p99, p999, ordered[-1])


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest of the ascending samples that at least ``share`` of them do not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered) - 1e-9) - 1)]


def slope(points: Sequence[tuple[float, float]]) -> float:
    """By how much y grows with each unit of x: the least-squares line's slope; 0 for fewer than two x."""
    if not points:
        return 0.0
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    spread_x = sum((x - middle_x) ** 2 for x, _ in points)
    if not spread_x:
        return 0.0
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread_x
