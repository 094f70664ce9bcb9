from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from streams.domain.logic import parse_logic
from streams.domain.repairs import repair

NUMBERS = ("1", "2", "3", "4", "5")
PLAIN = st.recursive(
    st.sampled_from(NUMBERS),
    lambda inner: st.builds(
        lambda word, parts: "(" + f" {word} ".join(parts) + ")",
        st.sampled_from(["and", "or"]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=12,
)
ANSWERS = st.fixed_dictionaries({number: st.booleans() for number in NUMBERS})


def test_of_alternatives_those_that_ask_for_the_fewest() -> None:
    """The example of the page: of which nothing holds, 1 and 2 would do."""
    answers = dict.fromkeys(NUMBERS, False)
    assert repair(parse_logic("1 and (2 or (3 and 4))"), answers) == {"1", "2"}


def test_the_first_of_equal_alternatives() -> None:
    """Where either would do, the one that is written first is told."""
    assert repair(parse_logic("2 or 1"), {"1": False, "2": False}) == {"2"}


def test_what_must_not_hold() -> None:
    """Under ``not`` it is those that hold that stand in the way."""
    assert repair(parse_logic("1 and not (2 or 3)"), {"1": True, "2": True, "3": False}) == {"2"}


def test_a_number_that_serves_twice() -> None:
    """What is told for one part is not told again for another that it would mend as well."""
    answers = dict.fromkeys(NUMBERS, False)
    assert repair(parse_logic("(1 or 2) and (2 or 3)"), answers) == {"2"}
    assert repair(parse_logic("1 and (not 1 or 2)"), answers) == {"1", "2"}


def test_logic_that_never_holds() -> None:
    """Where nothing would do, what stands in the way as it is is told."""
    assert repair(parse_logic("1 and not 1"), {"1": False}) == {"1"}


@given(PLAIN, ANSWERS)
def test_a_repair_mends_and_has_nothing_to_spare(text: str, answers: dict[str, bool]) -> None:
    """If those told answered otherwise the logic would hold, and would not if any of them stayed as it is."""
    logic = parse_logic(text)
    wrong = repair(logic, answers)

    def mended(turned: frozenset[str]) -> bool:
        return logic.holds({number: answers[number] ^ (number in turned) for number in NUMBERS})

    assert mended(wrong)
    fewer = (frozenset(some) for size in range(len(wrong)) for some in combinations(wrong, size))
    assert not any(mended(some) for some in fewer)
