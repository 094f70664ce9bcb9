"""All scenarios, in the order in which they run."""

from tests.bench.scenario import Scenario
from tests.bench.scenarios.deadlines import DEADLINES
from tests.bench.scenarios.latency import LATENCY
from tests.bench.scenarios.recovery import RECOVERY
from tests.bench.scenarios.throughput import THROUGHPUT

SCENARIOS: tuple[Scenario, ...] = (THROUGHPUT, LATENCY, DEADLINES, RECOVERY)
