"""Rejections and their record."""

from typing import Any, get_args

from schemas.rejections import REASONS, Fault, Reason, rejected, rejected_record

FAULTS = [
    Fault("out_of_limits", "metadata.rating", "whole number from 1 to 5", "number 6"),
    Fault("missing_attribute", "metadata.text", "text", "nothing"),
]


def test_every_reason_has_a_meaning() -> None:
    """The codes are a closed list, and each is explained."""
    assert set(REASONS) == set(get_args(Reason))
    assert all(meaning.endswith(".") for meaning in REASONS.values())


def test_a_rejection_leads_with_its_first_fault() -> None:
    """The first fault's fields, whose event it is, and all faults in one sentence."""
    rejection = rejected(FAULTS, "new_review", "shop", "c-42")
    assert rejection[:4] == FAULTS[0]
    assert (rejection.event, rejection.source, rejection.customer_id) == ("new_review", "shop", "c-42")
    assert str(rejection) == (
        "metadata.rating: expected whole number from 1 to 5, found number 6; "
        "metadata.text: expected text, found nothing"
    )


def test_the_record_keeps_what_was_received() -> None:
    """Key, value and headers as they were, in base64; the instants in ISO form."""
    received: dict[str, Any] = {"topic": "custom-events", "partition": 3, "offset": 41, "timestamp": 1000}
    record = rejected_record(
        rejected(FAULTS, "new_review", None, "c-42"),
        rejected_at=2000,
        key=b"c-42",
        value=b"\xff",
        headers=[("ce_id", b"1"), ("empty", None)],
        **received,
    )
    assert record == {
        "reason": "out_of_limits",
        "path": "metadata.rating",
        "expected": "whole number from 1 to 5",
        "found": "number 6",
        "faults": [fault._asdict() for fault in FAULTS],
        "traceback": None,
        "event": "new_review",
        "source": None,
        "customer_id": "c-42",
        "topic": "custom-events",
        "partition": 3,
        "offset": 41,
        "timestamp": "1970-01-01T00:00:01Z",
        "rejected_at": "1970-01-01T00:00:02Z",
        "key": "Yy00Mg==",
        "value": "/w==",
        "headers": [{"key": "ce_id", "value": "MQ=="}, {"key": "empty", "value": None}],
    }


def test_an_original_that_no_record_could_hold_is_left_where_it_is() -> None:
    """What was compressed on its way may be larger than any record of ours; the rejection says so and stays small."""
    received: dict[str, Any] = {"topic": "custom-events", "partition": 3, "offset": 41, "timestamp": 1000}
    whole, bare = (
        rejected_record(
            rejected(FAULTS), rejected_at=2000, key=b"c", value=b"x" * size, headers=[("h", b"1")], **received
        )
        for size in (4_499_998, 4_499_999)
    )
    assert (whole["faults"], len(str(whole["value"]))) == ([fault._asdict() for fault in FAULTS], 6_000_000)
    assert (bare["key"], bare["value"], bare["headers"], bare["offset"]) == (None, None, [], 41)
    assert bare["faults"][-1] == {  # type: ignore[index]
        "reason": "too_large",
        "path": "record",
        "expected": "at most 4500000 bytes",
        "found": "4500001 bytes, which are left where they were received",
    }
