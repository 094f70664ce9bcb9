"""The worker, put together: settings in, a Faust application with its agent out.

The one composition root: every part is made here and handed what it needs. Decides the client properties on which
exactly-once rests; nothing else.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import faust
from confluent_kafka.admin import AdminClient
from prometheus_client import ProcessCollector

from schemas.catalog import Catalog, load_catalog
from schemas.outputs import Encode
from schemas.wire import EventReader
from schemas.writer_schemas import WriterSchemas
from streams.agents.customers import CustomerAgent, Guards, customers
from streams.agents.definitions import definitions
from streams.agents.emission import Channel, Channels, Emission
from streams.agents.lists import Lists
from streams.agents.profiles import Profiles
from streams.agents.redemptions import Redemptions
from streams.agents.rules_in_force import InForce, RulesInForce
from streams.agents.storm import StormGuard, StormPolicy
from streams.domain.definitions import EventShape
from streams.domain.events import Event
from streams.domain.filters import Vocabulary
from streams.domain.instants import Milliseconds, parse_instant
from streams.engine.answers import Answers
from streams.engine.bounded_worker import BoundedWorker
from streams.engine.images import Images
from streams.engine.intake import Intake
from streams.engine.metrics import Metrics
from streams.engine.observation import observe
from streams.engine.ownership import Inputs, Ownership
from streams.engine.pace import Pace
from streams.engine.partitioning import partitioner
from streams.engine.poison import Poison
from streams.engine.processor import Plumbing, Processor
from streams.engine.scanner import Scanner
from streams.engine.topic_ends import TopicEnds
from streams.engine.transactions import Transactions
from streams.engine.transport import BatchSchema, BatchTransport
from streams.gateway.probes import Readiness
from streams.gateway.questions import Questions
from topology.asking.addresses import with_address
from topology.definitions.compiled import compile_live
from topology.definitions.live import Follower
from topology.definitions.published import LiveDefinitions
from topology.registry import connect_registry, output_encoders, writer_schemas
from topology.rejected.erasing import Eraser, beside
from topology.settings import Settings
from topology.topics import MAX_RECORD_BYTES, Topics, check_topics, topics_of

_BATCH_RECORDS = 1_000
_BACKLOG_RECORDS = 20_000
_DEFINITIONS_SECONDS = 0.5
_SESSION_MILLISECONDS = 10_000
_HEARTBEAT_MILLISECONDS = 300
"""Members learn of a rebalance by their next heartbeat, and a hand-over takes two: the default would make it 6 s."""
_POLL_MILLISECONDS = 60_000
"""A request to join is waited for as long, also one that the broker has lost. The thread that polls is quicker."""
_TRANSACTION_MILLISECONDS = 10_000
"""After a crash, another worker can take over only when the open transaction has run out."""


@dataclass(frozen=True)
class Worker:
    """The parts of a worker that its command and its pages speak to."""

    settings: Settings
    metrics: Metrics
    rules: RulesInForce
    processor: Processor
    intake: Intake
    follower: Follower
    catalog: Catalog
    app: faust.App
    registry: WriterSchemas | None
    questions: Questions

    def readiness(self) -> Readiness:
        """What the worker is doing. For any thread."""
        ownership, background = self.processor.ownership, self.processor.background
        serving, numbers = dict(ownership.serving), ownership.numbers
        remaining = {number: background.remaining(serving[number]) for number in sorted(serving)}
        detail = {
            "joined": ownership.joined,
            "serving": sorted(serving),
            "restoring": sorted(numbers - serving.keys()),
            "ruleset": self.rules.current.ruleset.fingerprint,
            "sweeping": {str(number): left for number, left in remaining.items() if left},
        }
        return Readiness(ownership.ready, detail)

    def newly_published(self) -> InForce | None:
        """Wait a little for new definitions, and compile them. Raises ``ConfigurationError``."""
        live = self.follower.poll(_DEFINITIONS_SECONDS)
        return None if live is None else compile_rules(live, self.catalog, self.settings, self.registry)


def build_worker(settings: Settings, address: str, loop: asyncio.AbstractEventLoop) -> Worker:
    """Everything a worker is made of, on a cluster that answers. Raises ``ConfigurationError``.

    ``address`` is where others reach its pages; it will run on ``loop``.
    """
    topics, metrics = topics_of(settings), Metrics()
    ProcessCollector(registry=metrics.registry)
    partitions = check_topics(AdminClient(settings.client()), topics)
    catalog = load_catalog(settings.event_directories)
    follower = Follower(settings, topics.definitions.name)
    registry = connect_registry(settings)
    known = writer_schemas(registry, settings, metrics)
    rules = RulesInForce(compile_rules(follower.read_to_end(), catalog, settings, known))
    partition_of = partitioner(partitions)
    emission = Emission(_channels(topics, settings, output_encoders(registry, settings)), metrics)
    guards = Guards(Poison(settings.poison_limit, metrics), StormGuard(_storm_policy(settings)))
    agent = CustomerAgent(rules, emission, partition_of, settings.clock, guards)
    _read_beside_the_events(agent, topics)
    agent.show_rules()
    intake = Intake(_consumer(settings, address), batch=_BATCH_RECORDS, backlog=_BACKLOG_RECORDS)
    inputs = Inputs(
        settings.client(), (topics.custom_events.name, *agent.following), settings.group_id, topics.changelog.name,
        settings.state_directory.absolute(),
    )  # fmt: skip
    transactions = Transactions(_producer(settings), _transactional_id(settings), topics.changelog.name)
    pace = Pace(settings.commit_interval_ms / 1000, settings.transaction_records)
    ownership = Ownership(inputs, intake, metrics)
    plumbing = Plumbing(intake, ownership, transactions, TopicEnds(settings.client()))
    processor = Processor(plumbing, agent, pace, metrics)
    answers = Answers(ownership, agent.now, loop, _scanner(settings, processor))
    questions = Questions(answers, partition_of, lambda: _vocabulary(rules))
    app = _faust_app(settings, inputs.topics, intake, processor)
    return Worker(settings, metrics, rules, processor, intake, follower, catalog, app, known, questions)


def _read_beside_the_events(agent: CustomerAgent, topics: Topics) -> None:
    agent.also(topics.customers.name, Profiles(agent, topics.segment_lists.name))
    agent.also(topics.redemption_requests.name, Redemptions(agent))
    agent.also(topics.segment_lists.name, Lists(agent))


def _scanner(settings: Settings, processor: Processor) -> Scanner:
    images = Images(settings.state_directory.absolute() / "images")
    return Scanner(images, behind=processor.freshness.behind)


def run_worker(worker: Worker) -> None:
    """Run until a signal says stop; ends the process by ``SystemExit``."""
    app, metrics = worker.app, worker.metrics

    async def follow() -> None:
        await definitions(worker.newly_published, worker.rules, metrics)

    async def watch() -> None:
        await observe(worker.processor, worker.intake, metrics)

    async def erase() -> None:
        await beside(Eraser(worker.settings, metrics.erased.inc).run)

    app.task(follow)
    app.task(watch)
    app.task(erase)
    BoundedWorker(
        app, loglevel=worker.settings.log_level.upper(), redirect_stdouts=False
    ).execute_from_commandline()


def compile_rules(
    live: LiveDefinitions, base: Catalog, settings: Settings, registry: WriterSchemas | None = None
) -> InForce:
    """The rules that ``live`` makes, with the reader of their events. Raises ``ConfigurationError``."""
    ruleset, catalog = compile_live(
        live, base, clock=settings.clock, duplicate_window=settings.duplicate_window
    )
    reader = EventReader(catalog, max_ahead_ms=settings.max_event_ahead, form=Event, registry=registry)
    return InForce(ruleset, reader, parse_instant(live.applied_at) / 1000 if live.applied_at else 0.0)


def _vocabulary(rules: RulesInForce) -> Vocabulary:
    """What questions may speak of: filters ask no more of events than their names."""
    ruleset = rules.current.ruleset
    return Vocabulary(dict.fromkeys(ruleset.plans, EventShape({}, additional=True)), tuple(ruleset.segments))


def _storm_policy(settings: Settings) -> StormPolicy:
    window = Milliseconds(settings.storm_seconds * 1000)
    return StormPolicy(
        settings.storm_percent, settings.storm_records, window, stops=settings.storm_action == "stop"
    )


def _channels(topics: Topics, settings: Settings, encoder: Callable[[str], Encode]) -> Channels:
    prefix = len(settings.topic_prefix)
    names = (getattr(topics, role).name for role in Channels._fields)
    return Channels(*(Channel(name, encoder(name[prefix:])) for name in names))


def _consumer(settings: Settings, address: str) -> dict[str, Any]:
    client = settings.client()
    static = {"group.instance.id": settings.group_instance_id} if settings.group_instance_id else {}
    return {
        "session.timeout.ms": _SESSION_MILLISECONDS,
        "heartbeat.interval.ms": _HEARTBEAT_MILLISECONDS,
        "max.poll.interval.ms": _POLL_MILLISECONDS,
        "queued.min.messages": _BACKLOG_RECORDS,
        "queued.max.messages.kbytes": 32_768,
        "fetch.queue.backoff.ms": 10,  # librdkafka's own second lets a partition run dry while others are read
        **client,
        "client.id": with_address(client["client.id"], address),
        **static,
        "group.id": settings.group_id,
        "isolation.level": "read_committed",
        "auto.offset.reset": "earliest",
        "partition.assignment.strategy": "cooperative-sticky",
    }


def _producer(settings: Settings) -> dict[str, Any]:
    return {
        "linger.ms": 100,  # a commit waits for nothing; until then fewer and fuller requests spare us and the broker
        "message.max.bytes": MAX_RECORD_BYTES,
        "queue.buffering.max.messages": 200_000,
        "queue.buffering.max.kbytes": 131_072,
        "transaction.timeout.ms": _TRANSACTION_MILLISECONDS,
        **settings.client(),
        "partitioner": "murmur2_random",  # as Java clients do
    }


def _transactional_id(settings: Settings) -> str:
    """Stable for a static member, so that its restart ends what its crash left open; else of this process alone."""
    member = settings.group_instance_id or f"{socket.gethostname()}-{os.getpid()}-{os.urandom(4).hex()}"
    return f"{settings.transactional_id}-{member}"


def _faust_app(settings: Settings, topics: Sequence[str], intake: Intake, processor: Processor) -> faust.App:
    divided, *following = topics
    app = faust.App(
        settings.group_id,
        broker="kafka://",  # the transport below has its own connections
        datadir=str(settings.state_directory),
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
    )
    app.transport = app.producer_transport = BatchTransport(app, intake, processor, following)

    async def agent(batches: Any) -> None:
        await customers(batches, processor)

    source = app.topic(divided, schema=BatchSchema(), acks=False)
    app.agent(source, name="customers")(agent)
    return app
