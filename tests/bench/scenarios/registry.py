"""All scenarios, in the order in which they run."""

from tests.bench.scenario import Scenario
from tests.bench.scenarios.throughput import THROUGHPUT

SCENARIOS: tuple[Scenario, ...] = (THROUGHPUT,)
