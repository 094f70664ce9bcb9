"""The gateway, put together: settings in, a web application out that takes events and follows the definitions."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web
from confluent_kafka.admin import AdminClient
from prometheus_client import CONTENT_TYPE_LATEST, ProcessCollector, generate_latest

from schemas.catalog import load_catalog
from schemas.envelope import Headers
from schemas.outputs import output_decoder
from schemas.rejections import Rejected
from schemas.wire import Decoded
from streams.agents.rules_in_force import InForce
from streams.engine.errors import ConfigurationError
from streams.engine.partitioning import partitioner
from streams.gateway.decisions import Decisions, Source
from streams.gateway.ingest import Counted, Ingest
from streams.gateway.listings import Listings
from streams.gateway.metrics import GatewayMetrics
from streams.gateway.profiles import Profiles
from streams.gateway.redemptions import Redemptions
from streams.gateway.sender import Sender
from topology.app import compile_rules
from topology.definitions.live import Follower
from topology.settings import Settings
from topology.topics import MAX_EVENT_BYTES, check_topics, topics_of

logger = logging.getLogger(__name__)

_DEFINITIONS_SECONDS = 0.5
_STOP_SECONDS = 8.0
"""For requests that are under way when a signal says stop."""


class Definitions:
    """The definitions in force, as published; what does not compile leaves the last good ones."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._catalog = load_catalog(settings.event_directories)
        self._follower = Follower(settings, topics_of(settings).definitions.name)
        self.rules: InForce = compile_rules(self._follower.read_to_end(), self._catalog, settings)

    def check(self, value: bytes, headers: Headers | None, now: int) -> Decoded | Rejected:
        """Read an event."""
        return self.rules.reader.read(value, headers, now, now)

    def defined(self, event: str) -> bool:
        """Whether there is an event of that name."""
        return event in self.rules.ruleset.plans

    def _poll(self) -> None:
        try:
            live = self._follower.poll(_DEFINITIONS_SECONDS)
            if live is not None:
                self.rules = compile_rules(live, self._catalog, self._settings)
                logger.info("definitions taken over")
        except ConfigurationError as refusal:
            logger.error("definitions refused, the last good ones stay in force: %s", refusal)  # noqa: TRY400 -- the operator's mistake: no stack trace

    async def follow(self) -> None:
        """Follow what is published, until cancelled."""
        while True:
            await asyncio.to_thread(self._poll)


def build_gateway(settings: Settings) -> web.Application:
    """The application, on a cluster that answers. Raises ``ConfigurationError``."""
    topics = topics_of(settings)
    partitions = check_topics(AdminClient(settings.client()), topics)
    definitions = Definitions(settings)
    metrics = GatewayMetrics()
    ProcessCollector(registry=metrics.registry)
    sender = Sender({"message.max.bytes": MAX_EVENT_BYTES, **settings.client()}, topics.custom_events.name)
    decisions = Decisions(_decisions(settings, topics.redemption_decisions.name))
    application = Ingest(definitions.check, sender, _counted(metrics, definitions)).application()
    Profiles(sender.to(topics.customers.name)).add_to(application)
    lists = sender.to(topics.segment_lists.name)
    Listings(lists, partitioner(partitions), lambda: definitions.rules.ruleset.segments).add_to(application)
    Redemptions(sender.to(topics.redemption_requests.name), decisions).add_to(application)

    async def scraped(_: web.Request) -> web.Response:
        body = generate_latest(metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def ready(_: web.Request) -> web.Response:
        return web.json_response({"ready": True, "applied_at": definitions.rules.applied_at})

    async def running(_: web.Application) -> AsyncIterator[None]:
        following = asyncio.get_running_loop().create_task(definitions.follow())
        yield
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        for each in (sender, decisions):
            await asyncio.to_thread(each.close)

    application.router.add_get("/metrics", scraped)
    application.router.add_get("/ready", ready)
    application.cleanup_ctx.append(running)
    return application


def _decisions(settings: Settings, topic: str) -> Source:
    name = topic.removeprefix(settings.topic_prefix)
    return Source(settings.client(), topic, output_decoder(name, settings.encoding_of(name)))


def _counted(metrics: GatewayMetrics, definitions: Definitions) -> Counted:
    def count(event: str, result: str) -> None:
        name = event if definitions.defined(event) else ""  # a label takes no free text
        metrics.events.labels(name, result).inc()

    return Counted(count, metrics.request_seconds.observe)


def run_gateway(settings: Settings) -> None:
    """Serve until a signal says stop. Raises ``ConfigurationError`` if the port is taken."""
    host, port = settings.gateway_host, settings.gateway_port
    application = build_gateway(settings)
    try:
        listening = socket.create_server((host, port))
    except OSError as taken:
        raise ConfigurationError(
            f"the gateway cannot be served at {host}:{port} ({taken.strerror}): "
            "set TIDEMARK_GATEWAY_PORT to a free port, or to 0"
        ) from taken
    address = "http://{}:{}".format(*listening.getsockname())
    logger.info(
        "serving %s/metrics, /ready, and events, customers, segments, validations, redemptions under /v1",
        address,
    )
    web.run_app(application, sock=listening, access_log=None, shutdown_timeout=_STOP_SECONDS, print=None)
