"""The project keeps the rules of the house. Each failure lists the places, one a line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house import rules
from tests.house.source import Source

Rule = Callable[[Source], Iterator[str]]
SETTINGS = Path("topology/settings.py")
WHERE_TIME_PASSES = ("chaos", "bench")


def offences(rule: Rule, sources: list[Source]) -> str:
    """What breaks the rule, one place a line; empty when nothing does."""
    return "\n".join(place for source in sources for place in rule(source))


@pytest.mark.parametrize("rule", [rules.long_modules, rules.long_functions, rules.wide_functions])
def test_shipped_code_stays_within_its_budgets(rule: Rule, product: list[Source]) -> None:
    """No module is over 300 lines, no function over 35, none has more than five parameters."""
    assert offences(rule, product) == ""


@pytest.mark.parametrize("rule", [rules.long_modules, rules.long_functions])
def test_tests_stay_within_the_same_budgets(rule: Rule, tests: list[Source]) -> None:
    """A test module is at most 300 lines long, a test at most 35."""
    assert offences(rule, tests) == ""


def test_everything_public_says_what_it_is(product: list[Source]) -> None:
    """Every shipped module, public class and public function has a docstring."""
    assert offences(rules.undocumented, product) == ""


def test_every_test_states_a_behaviour(tests: list[Source]) -> None:
    """The docstring of each test is a sentence that says what holds."""
    assert offences(rules.untold_tests, tests) == ""


def test_hardly_anything_catches_everything(product: list[Source]) -> None:
    """One guard in the whole project may catch all exceptions; a second would hide our own mistakes."""
    found = offences(rules.broad_excepts, product).splitlines()
    assert len(found) <= 1, "\n".join(found)


def test_names_say_what_they_hold(product: list[Source], tests: list[Source]) -> None:
    """No module or package is called after nothing: utils, helpers, common, manager, base."""
    assert offences(rules.empty_names, product + tests) == ""


def test_the_environment_is_read_in_one_file(product: list[Source]) -> None:
    """Settings are read from the environment in ``topology/settings.py`` and handed on as values."""
    assert offences(rules.environment_reads, [source for source in product if source.path != SETTINGS]) == ""


def test_the_heart_is_told_the_time(product: list[Source]) -> None:
    """Nothing below ``streams/domain`` reads a clock."""
    heart = [source for source in product if source.path.is_relative_to("streams/domain")]
    assert len(heart) > 10
    assert offences(rules.clock_reads, heart) == ""


def test_tests_wait_for_what_happens_not_for_time(tests: list[Source]) -> None:
    """No test sleeps, save where time itself is the subject: under load and in chaos."""
    awake = [source for source in tests if source.path.parts[1] not in WHERE_TIME_PASSES]
    assert offences(rules.sleeps, awake) == ""
