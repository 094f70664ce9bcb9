"""What it does to a customer to be put on the list of a segment, or to be taken off.

Decides that the membership is the list: both change at the same instant, and segments that refer to this one follow.
Of a segment that is not defined, or is not told one by one, the list alone is kept; a definition that comes later finds
it. Somebody of whom nothing was known is known from then on, as if a profile had been told. Being told the same again
changes nothing.
"""

from streams.domain.advance import Transition, advance, settled
from streams.domain.decisions import decide
from streams.domain.facts import Facts
from streams.domain.instants import Instant, Milliseconds
from streams.domain.internal_events import told_of_profile
from streams.domain.lists import list_of, put_on, taken_off
from streams.domain.reactions import Moment
from streams.domain.ruleset import Ruleset
from streams.domain.signals import Listed, Tick
from streams.domain.state import CustomerState


def enlist(state: CustomerState, signal: Listed, ruleset: Ruleset) -> Transition:
    """Move one customer by what is told of a list."""
    listing_id, customer, segment, listed, now, cause = signal
    if (list_of(segment) in state.segments) is listed:
        return Transition(state, ())
    if now is None:
        return Transition(_told(state, signal), ())
    state, effects = advance(state, Tick(customer, now), ruleset)
    changed, known = _told(state, signal), bool(state.ruleset)
    touched = ruleset.listed.get(segment, ()) if known else ruleset.otherwise.segments_of_newcomer
    if known and not touched:
        return Transition(changed, effects)
    facts = Facts(customer, changed.occurrences, changed.profile, changed.segments, now, None)
    moment = Moment(f"list:{listing_id}", now, Milliseconds(0))
    told = told_of_profile(customer, (state.profile if known else None, state.profile), "list", moment, cause)
    after, caused = settled(changed, decide(touched, facts, now, cause), moment, ruleset, told)
    return Transition(after, effects + tuple(caused))


def _told(state: CustomerState, signal: Listed) -> CustomerState:
    segment, held = signal.segment_id, state.segments
    if signal.listed:
        return state._replace(segments=put_on(held, segment, signal.now or Instant(0)))
    return state._replace(segments=taken_off(held, segment))
