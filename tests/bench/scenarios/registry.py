"""All scenarios, in the order in which they run."""

from tests.bench.scenario import Scenario
from tests.bench.scenarios.asking import ASKING
from tests.bench.scenarios.deadlines import DEADLINES
from tests.bench.scenarios.growth import GROWTH
from tests.bench.scenarios.latency import LATENCY
from tests.bench.scenarios.memory import MEMORY
from tests.bench.scenarios.recovery import RECOVERY
from tests.bench.scenarios.soak import SOAK
from tests.bench.scenarios.sweep import SWEEP
from tests.bench.scenarios.throughput import THROUGHPUT
from tests.bench.scenarios.workers import WORKERS

SCENARIOS: tuple[Scenario, ...] = (
    THROUGHPUT, GROWTH, LATENCY, DEADLINES, SWEEP, ASKING, RECOVERY, MEMORY, WORKERS, SOAK,
)  # fmt: skip
