"""The definitions agent: follows what is published and lets it take over, if it compiles.

Decides nothing about definitions: it asks for what is new, has it compiled, and offers it. What does not compile is
refused loudly, and the last good rules stay in force.
"""

import asyncio
import logging
from collections.abc import Callable

from streams.agents.rules_in_force import InForce, RulesInForce
from streams.engine.errors import ConfigurationError
from streams.engine.metrics import Metrics

logger = logging.getLogger(__name__)

Poll = Callable[[], InForce | None]
"""Waits a little for newly published definitions and compiles them; ``None`` if nothing changed."""


async def definitions(poll: Poll, rules: RulesInForce, metrics: Metrics) -> None:
    """Follow the definitions until cancelled."""
    while True:
        try:
            following = await asyncio.to_thread(poll)
        except ConfigurationError as refusal:
            logger.error("definitions refused, the last good ones stay in force: %s", refusal)  # noqa: TRY400 -- the operator's mistake: no stack trace
            metrics.ruleset_refused.set(1)
            continue
        if following is not None:
            logger.info("definitions taken over: ruleset %s", following.ruleset.fingerprint)
            metrics.ruleset_refused.set(0)
            rules.offer(following)
