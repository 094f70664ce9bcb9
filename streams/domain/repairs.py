"""Which rules would have to answer otherwise for a validation rule to hold.

Decides which of several ways is told: of alternatives the one that asks for the fewest, of these the first; never a
rule that could stay as it is. Does not know what a rule says, nor whether it can be made to say otherwise.
"""

from collections.abc import Mapping

from streams.domain.logic import Joined


def repair(logic: Joined, answers: Mapping[str, bool]) -> frozenset[str]:
    """The numbers that would have to answer otherwise for the logic to hold; none if it holds.

    Of logic that can never hold: the numbers that stand in the way as it is.
    """
    turned = frozenset[str]()
    while not logic.holds(_turned(answers, turned)):
        further = _cheapest(logic, _turned(answers, turned), turned, wanted=True)
        if further is None:
            return _cheapest(logic, answers, frozenset(), wanted=True) or turned
        turned |= further
    for number in sorted(turned, key=int, reverse=True):
        if logic.holds(_turned(answers, turned - {number})):
            turned -= {number}
    return turned


def _turned(answers: Mapping[str, bool], turned: frozenset[str]) -> Mapping[str, bool]:
    return {number: answer is not (number in turned) for number, answer in answers.items()}


def _cheapest(
    part: Joined | str, answers: Mapping[str, bool], fixed: frozenset[str], *, wanted: bool
) -> frozenset[str] | None:
    """The fewest numbers to turn, each part on its own, for a part to answer as wanted; none if ``fixed`` forbids."""
    if isinstance(part, str):
        if answers[part] is wanted:
            return frozenset()
        return None if part in fixed else frozenset({part})
    inside = wanted is not part.negated
    found = [_cheapest(inner, answers, fixed, wanted=inside) for inner in part.parts]
    possible = [one for one in found if one is not None]
    if part.alternative is inside:  # one part suffices
        return min(possible, key=len, default=None)
    return frozenset().union(*possible) if len(possible) == len(found) else None
