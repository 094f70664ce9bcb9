"""What becomes of records of ``customers``: a profile is merged, a customer forgotten, what is neither rejected.

Decides when that happened: when it is applied, by the clock of the partition. What it means is the heart's decision.
"""

from confluent_kafka import Message

from schemas.customers import read_customer
from schemas.envelope import Headers
from schemas.rejections import Rejected
from streams.agents.customers import CustomerAgent
from streams.agents.lists import taken_off_all
from streams.agents.profile_limit import outgrown
from streams.agents.record_places import origin_of
from streams.agents.turn import Turn
from streams.domain.advance import advance
from streams.domain.identities import CustomerId
from streams.domain.signals import Deleted, ProfileChanged


class Profiles:
    """Applies records of ``customers``; see ``CustomerAgent.also``."""

    def __init__(self, agent: CustomerAgent, lists: str) -> None:
        """``lists`` is the topic from which a customer who is forgotten is taken."""
        self._agent = agent
        self._lists = lists

    def __call__(self, message: Message, headers: Headers | None, turn: Turn) -> None:
        """Apply one record."""
        read = read_customer(message.key(), message.value())
        if isinstance(read, Rejected):
            self._agent.rejecting.reject(read, message, headers, turn)
            return
        customer, partition = CustomerId(read.customer_id), turn.partition
        if self._agent.sent_on(None, customer, (message, headers), turn):
            return
        before, origin = partition.load(customer), origin_of(message, headers)
        now = self._agent.now(partition)
        if read.profile is None:
            signal: Deleted | ProfileChanged = Deleted(origin, customer, turn.at if now is None else now)
            turn.unit.outputs += taken_off_all(self._lists, customer, before, partition.number)
        else:
            refusal = outgrown(before.profile, read.profile)
            if refusal is not None:
                why = refusal._replace(customer_id=customer)
                self._agent.rejecting.reject(why, message, headers, turn)
                return
            signal = ProfileChanged(origin, customer, read.profile, now)
        self._agent.move(customer, before, advance(before, signal, turn.ruleset), turn)
