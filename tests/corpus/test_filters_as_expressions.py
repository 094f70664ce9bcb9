import pytest

from streams.domain.expression_text import write_expression
from streams.domain.expressions import parse_expression
from tests.corpus.filter_cases import FilterCase
from tests.corpus.filter_running import CASES, as_events_come, expected

EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.sentence}")


@EACH
def test_every_filter_may_be_typed(case: FilterCase) -> None:
    """A filter, written as an expression, answers the same, and so does the JSON form of that expression."""
    typed = write_expression(case.written[0])
    either = case._replace(written=[typed, parse_expression(typed)])
    assert as_events_come(either) == expected(either)
