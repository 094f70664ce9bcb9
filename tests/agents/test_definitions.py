"""The definitions agent: what compiles takes over, what does not is refused and the old rules stay."""

import asyncio
import contextlib
from collections.abc import Iterable

import pytest

from streams.agents.definitions import definitions
from streams.agents.rules_in_force import InForce, RulesInForce
from streams.engine.errors import ConfigurationError
from streams.engine.metrics import Metrics
from tests.agents.shop import RECENT, REGULARS, in_force


class Published:
    """What following the topic brings, one answer after the other, and then nothing more."""

    def __init__(self, answers: Iterable[InForce | ConfigurationError | None]) -> None:
        self._answers = iter(answers)

    def poll(self) -> InForce | None:
        """The next answer; after the last one the following is over."""
        for answer in self._answers:
            if isinstance(answer, ConfigurationError):
                raise answer
            return answer
        raise StopFollowing


class StopFollowing(Exception):  # noqa: N818 -- ends a test's loop
    """Nothing more will be published."""


def follow(*answers: InForce | ConfigurationError | None) -> tuple[RulesInForce, Metrics]:
    """Run the agent over these answers, a boundary after the last."""
    rules, metrics = RulesInForce(in_force()), Metrics()
    with contextlib.suppress(StopFollowing):
        asyncio.run(definitions(Published(answers).poll, rules, metrics))
    rules.take_over()
    return rules, metrics


def test_what_is_published_takes_over() -> None:
    """The newest definitions that compile are in force at the next boundary."""
    newest = in_force(RECENT)
    rules, metrics = follow(None, in_force(REGULARS), None, newest, None)
    assert rules.current is newest
    assert metrics.registry.get_sample_value("tidemark_ruleset_refused") == 0


def test_what_does_not_compile_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    """The last good rules stay in force; log and metric say so, with the reason and without a stack trace."""
    good = in_force(REGULARS)
    rules, metrics = follow(good, ConfigurationError("segment/broken: no such event"))
    assert rules.current is good
    assert metrics.registry.get_sample_value("tidemark_ruleset_refused") == 1
    assert "the last good ones stay in force: segment/broken: no such event" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_mended_mistake_is_forgotten() -> None:
    """Good definitions after a refusal take over and clear the metric."""
    mended = in_force(RECENT)
    rules, metrics = follow(ConfigurationError("broken"), mended)
    assert rules.current is mended
    assert metrics.registry.get_sample_value("tidemark_ruleset_refused") == 0
