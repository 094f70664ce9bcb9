"""Who takes part, as values: what to run, with which environment, and where its input and output stand.

Decides fairness: each peer runs as its makers deliver it, with its own extras, and the comments say what is chosen
for it. Does not know how anything is measured. Texts may hold ``{name}`` placeholders, which a run fills in:
``run`` (a fresh name), ``bootstrap``, ``state`` (an empty directory), ``partitions``, ``segment``, ``more_than``,
``python`` and ``bin`` (the contestant's own environment, for a Java program the directory of its jars), ``here``
(this room).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.job import MORE_THAN, PARTITIONS, SEGMENT

HERE = Path(__file__).parent

JOB_SETTINGS = {
    "BENCH_BOOTSTRAP": "{bootstrap}",
    "BENCH_INPUT": "{run}.events",
    "BENCH_OUTPUT": "{run}.segment-changes",
    "BENCH_GROUP": "{run}",
    "BENCH_STATE": "{state}",
    "BENCH_SEGMENT": "{segment}",
    "BENCH_MORE_THAN": "{more_than}",
    "BENCH_PARTITIONS": "{partitions}",
}
"""What the peers' programs are told, in the environment."""


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """One program that does the job."""

    name: str
    title: str
    """As the table shows it."""
    guarantee: str
    """What it promises for its outputs, and its commit interval."""
    command: tuple[str, ...]
    environment: Mapping[str, str]
    group: str = "{run}"
    """The consumer group whose committed offsets are watched."""
    input_topic: str = "{run}.events"
    output_topic: str = "{run}.segment-changes"
    prepare: tuple[tuple[str, ...], ...] = ()
    """Commands that run to their end before the input is filled."""
    requirements: Path | None = None
    """Pinned packages of its own environment, for pip or as a ``pom.xml``; ``None`` runs in ours."""
    share: float = 1.0
    """How much of the input it is given, 1 being the size of the run: less, so that a slow one ends within a coffee, or
    more, so that one that is compiled as it runs has time for that."""
    warm_up: float = 0.0
    """The part of its own input that it has committed before its clock starts."""
    limit_seconds: float = 180.0
    """After this a run is stopped and shown as unfinished."""
    remark: str = ""

    def fill(self, text: str, values: Mapping[str, str]) -> str:
        """Replace the placeholders of one text."""
        job = {"partitions": str(PARTITIONS), "segment": SEGMENT, "more_than": str(MORE_THAN)}
        return text.format(here=str(HERE), **job, **values)


TIDEMARK = Contestant(
    name="tidemark",
    title="Tidemark",
    guarantee="exactly once, 0.1 s",
    command=("{bin}/tidemark", "worker"),
    prepare=(("{bin}/tidemark", "apply", "{here}/definitions", "--yes"),),
    environment={
        "TIDEMARK_BOOTSTRAP": "{bootstrap}",
        "TIDEMARK_TOPIC_PREFIX": "{run}.",
        "TIDEMARK_PARTITIONS": "{partitions}",
        "TIDEMARK_STATE_DIRECTORY": "{state}",
        "TIDEMARK_HTTP_PORT": "0",
        "TIDEMARK_LOG_LEVEL": "warning",
    },
    group="{run}.tidemark",
    input_topic="{run}.custom-events",
    output_topic="{run}.segment-changes",
    remark=(
        "With everything that it does beyond the job: checks against the event definition, drops repeated ids, keeps "
        "deadlines, publishes memberships."
    ),
)


def _quix(name: str, commit_seconds: str, remark: str) -> Contestant:
    return Contestant(
        name=name,
        title="Quix Streams 3.28.1",
        guarantee=f"exactly once, {commit_seconds} s",
        command=("{python}", "{here}/peers/quix/job.py"),
        environment={
            **JOB_SETTINGS,
            "BENCH_GUARANTEE": "exactly-once",
            "BENCH_COMMIT_SECONDS": commit_seconds,
        },
        requirements=HERE / "peers/quix/requirements.txt",
        remark=remark,
    )


def _faust(name: str, guarantee: str, remark: str) -> Contestant:
    return Contestant(
        name=name,
        title="faust-streaming 0.15.3",
        guarantee=f"{guarantee.replace('_', ' ')}, 2.8 s",
        command=("{python}", "{here}/peers/faust/job.py", "worker", "--without-web", "--loglevel", "warn"),
        environment={**JOB_SETTINGS, "BENCH_GUARANTEE": guarantee},
        requirements=HERE / "peers/faust/requirements.txt",
        share=0.25,
        remark=remark,
    )


KAFKA_STREAMS = Contestant(
    name="kafka-streams",
    title="Kafka Streams 4.3.1",
    guarantee="exactly once, 0.1 s",
    command=(
        "java",
        "-Xmx512m",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-cp",
        "{bin}/*",
        "bench.Job",
    ),
    share=4.0,  # a stream job runs for months, and its virtual machine compiles for the first ten seconds of it
    warm_up=0.5,
    environment={**JOB_SETTINGS, "BENCH_GUARANTEE": "exactly_once_v2", "BENCH_COMMIT_MS": "100"},
    requirements=HERE / "peers/kafka_streams/pom.xml",
    remark=(
        "One stream thread, and a cache before its store; all else is its default, the 0.1 s too. It runs longer, and "
        "its clock starts half-way: a virtual machine is slow until it has compiled what it runs. With the default "
        "customers all are in the segment by then, so that its figures hold no more records of entries."
    ),
)

CONTESTANTS: tuple[Contestant, ...] = (
    TIDEMARK,
    _quix("quix", "0.1", "The same latency as Tidemark: a transaction every 0.1 s."),
    _quix(
        "quix-1s",
        "1",
        "Ten times the latency for fewer transactions; its own default, 5 s, gains little more.",
    ),
    KAFKA_STREAMS,
    _faust(
        "faust",
        "at_least_once",
        "Its default guarantee, so the faster one; the ratio is taken with this one.",
    ),
    _faust("faust-eos", "exactly_once", "Its setting of that name."),
)
"""In the order in which they run and are shown; ours first, because ratios are taken to it."""
