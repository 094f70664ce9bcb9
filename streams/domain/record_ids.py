"""Deterministic identities of what goes out.

An id depends on the definition with its version, the customer, and the cause; on no clock, order or sequence. So a
replay gives the same ids, and whoever remembers ids acts once.
"""

from hashlib import blake2b

from streams.domain.identities import CampaignId, CardId, CustomerId, RecordId


def record_id(kind: str, definition: str, version: int, customer: CustomerId, cause: str) -> RecordId:
    """The id of a record: 16 bytes in hex."""
    # Lengths before the parts: no two lists of parts write the same text.
    return RecordId(
        _digest(
            16,
            f"{len(kind)}:{kind}{len(definition)}:{definition}{version}:"
            f"{len(customer)}:{customer}{len(cause)}:{cause}",
        )
    )


def card_id(campaign: CampaignId, customer: CustomerId) -> CardId:
    """The id of a customer's loyalty card in a campaign."""
    return CardId("card_" + _digest(8, f"card{len(campaign)}:{campaign}{len(customer)}:{customer}"))


def balance_key(campaign: CampaignId, customer: CustomerId, card: CardId) -> str:
    """The key of the newest balance of a card; of no two cards the same, whatever is printed on them."""
    own = card_id(campaign, customer)
    if card == own:
        return f"{customer}/{own}"
    return f"{customer}/" + _digest(16, f"code{len(campaign)}:{campaign}{len(card)}:{card}")


def _digest(size: int, written: str) -> str:
    try:
        data = written.encode()
    except UnicodeEncodeError:  # naming the error handler for all costs as much as the digest
        data = written.encode("utf-8", "surrogatepass")
    return blake2b(data, digest_size=size).hexdigest()
