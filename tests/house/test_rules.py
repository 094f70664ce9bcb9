"""The house rules find what they are meant to find: a rule that cannot fail holds nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house import rules
from tests.house.source import Source

LONG_FUNCTION = "def long():\n" + "    work()\n" * 35
DOCUMENTED_FUNCTION = 'def long():\n    """Says.\n\n' + "    More.\n" * 30 + '    """\n' + "    work()\n" * 30

BROKEN = [
    (rules.long_modules, "x = 1\n" * 301, "301 lines"),
    (rules.long_functions, LONG_FUNCTION, "long has 36 lines"),
    (rules.wide_functions, "def wide(a, b, /, c, *d, e, **f): ...", "wide has 6 parameters"),
    (rules.undocumented, "def public(): ...", "the module has no docstring"),
    (rules.undocumented, '"""M."""\nclass C:\n    """C."""\n    def m(self): ...', "C.m has no docstring"),
    (rules.untold_tests, "def test_it(): ...", "test_it does not say"),
    (rules.untold_tests, 'def test_it():\n    """Test it."""', "test_it does not say"),
    (rules.broad_excepts, "try: x\nexcept: y", "catches everything"),
    (rules.broad_excepts, "try: x\nexcept (ValueError, Exception): y", "catches Exception"),
    (rules.environment_reads, "import os\nos.environ['A']", "reads os.environ"),
    (rules.environment_reads, "from os import getenv", "imports os.getenv"),
    (rules.environment_reads, "option(envvar='A')", "lets click read"),
    (rules.clock_reads, "import time", "imports time"),
    (rules.clock_reads, "from datetime import datetime\ndatetime.now()", "calls datetime.now"),
    (rules.sleeps, "import time\ntime.sleep(1)", "calls time.sleep"),
    (rules.sleeps, "async def f():\n    await sleep(1)", "calls sleep"),
]

KEPT = [
    (rules.long_modules, "x = 1\n" * 300),
    (rules.long_functions, DOCUMENTED_FUNCTION),
    (rules.wide_functions, "class C:\n    def m(self, a, b, c, d, e): ..."),
    (rules.undocumented, '"""M."""\ndef _private(): ...'),
    (rules.untold_tests, 'def test_it():\n    """Nothing is lost\n    on the way."""'),
    (rules.broad_excepts, "try: x\nexcept OSError: y"),
    (rules.environment_reads, "import os\nos.getpid()"),
    (rules.clock_reads, "signal.now\nfrom datetime import datetime"),
    (rules.sleeps, "def test_asleep(): ..."),
]


def judged(rule: Callable[[Source], Iterator[str]], text: str) -> list[str]:
    """What a rule says of a module with this text."""
    return list(rule(Source.of(Path("room/module.py"), text)))


@pytest.mark.parametrize(("rule", "text", "words"), BROKEN)
def test_a_broken_rule_is_told_with_its_place(
    rule: Callable[[Source], Iterator[str]], text: str, words: str
) -> None:
    """Each rule names the file and what is wrong in it."""
    assert any(place.startswith("room/module.py:") and words in place for place in judged(rule, text))


@pytest.mark.parametrize(("rule", "text"), KEPT)
def test_what_keeps_the_rule_is_left_alone(rule: Callable[[Source], Iterator[str]], text: str) -> None:
    """No rule complains of what it allows."""
    assert judged(rule, text) == []


@pytest.mark.parametrize("path", ["streams/utils/x.py", "streams/engine/helpers.py", "tests/common.py"])
def test_a_name_that_says_nothing_is_told(path: str) -> None:
    """A room as well as a module may be named after nothing."""
    assert "says nothing" in next(rules.empty_names(Source.of(Path(path), "")))
