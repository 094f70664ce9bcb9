"""What becomes of the records of ``redemption-requests``: each is answered, or rejected where it cannot be read.

Decides when that happens: when it is applied, by the clock of the partition. What the answer is, the heart decides.
"""

from confluent_kafka import Message

from schemas.envelope import Headers
from schemas.redemption_requests import read_request
from schemas.rejections import Rejected
from streams.agents.customers import CustomerAgent
from streams.agents.turn import Turn
from streams.domain.identities import CampaignId, CustomerId
from streams.domain.redemption import Request, decide


class Redemptions:
    """Answers records of ``redemption-requests``; see ``CustomerAgent.also``."""

    def __init__(self, agent: CustomerAgent) -> None:
        self._agent = agent

    def __call__(self, message: Message, headers: Headers | None, turn: Turn) -> None:
        """Answer one request."""
        read = read_request(message.value())
        if isinstance(read, Rejected):
            self._agent.rejecting.reject(read, message, headers, turn)
            return
        customer, partition = CustomerId(read.customer_id), turn.partition
        if self._agent.sent_on(None, customer, (message, headers), turn):
            return
        now, before = self._agent.now(partition), partition.load(customer)
        request = Request(read.id, read.kind, customer, CampaignId(read.campaign), read.rolls_back)
        transition = decide(before, request, turn.at if now is None else now, turn.ruleset)
        self._agent.move(customer, before, transition, turn)
