"""The names by which things are known, each a type of its own.

Decides nothing; it keeps a customer's id from being handed over where a segment's was meant.
"""

from typing import NewType

CustomerId = NewType("CustomerId", str)
EventName = NewType("EventName", str)
EventId = NewType("EventId", str)
SegmentId = NewType("SegmentId", str)
DistributionId = NewType("DistributionId", str)
EarningRuleId = NewType("EarningRuleId", str)
CampaignId = NewType("CampaignId", str)
CardId = NewType("CardId", str)
CardCode = NewType("CardCode", str)
"""What is printed on a card; empty for the one that a customer has without a code."""
RecordId = NewType("RecordId", str)
"""Deterministic id of an output record: the same after any replay."""
