from collections import Counter

import pytest

from tests.corpus.filter_cases import FILTERS, FilterCase, customers_of
from tests.corpus.filter_running import CASES, afterwards, as_events_come, expected

EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.sentence}")


@EACH
def test_decided_as_events_come(case: FilterCase) -> None:
    """Who is in a filter after her events, and what time changes then, is what is written down."""
    assert as_events_come(case) == expected(case)


@EACH
def test_decided_afterwards(case: FilterCase) -> None:
    """A filter that is added later answers the same from then on: what is kept of a customer is enough for it."""
    assert afterwards(case) == expected(case)


def test_there_are_enough_cases() -> None:
    """The files are found, each with a dozen cases or more, and sentences tell them apart."""
    names = [(case.file, case.sentence) for case in CASES]
    assert len(set(names)) == len(names) >= 150
    assert min(Counter(case.file for case in CASES).values()) >= 12
    assert len({case.file for case in CASES}) == len(list(FILTERS.glob("*.yaml")))


def test_referred_segments_have_names_of_their_own() -> None:
    """All customers can be decided under the segments of all, as they are by one worker."""
    ids = [body["id"] for customer in customers_of(CASES) for body in customer.segments]
    assert len(set(ids)) == len(ids)
