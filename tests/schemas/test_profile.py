"""Profile fields that come with an event."""

from typing import Any

import pytest

from schemas.profile import check_profile
from schemas.rejections import Fault


def faults_of(**profile: Any) -> list[Fault]:
    """What is wrong with a profile."""
    faults: list[Fault] = []
    check_profile(profile, faults)
    return faults


def test_the_fields_of_voucherify() -> None:
    """Each of its type; null clears one; other fields are taken as they are."""
    assert not faults_of(
        name="Zoë",
        description=None,
        email="a@b.c",
        phone="+48 1",
        birthdate="1980-02-29",
        address={"city": "Gdynia", "postal_code": None},
        metadata={"level": "Gold", "tags": ["a"]},
        tier=5,
        loyalty={"points": 3},
    )


@pytest.mark.parametrize(
    ("profile", "path", "expected"),
    [
        ({"name": 5}, "customer.name", "text, or null"),
        ({"email": ["a"]}, "customer.email", "text, or null"),
        ({"birthdate": "29.2.1980"}, "customer.birthdate", "date such as 2026-11-23, or null"),
        ({"address": "Gdynia"}, "customer.address", "object, or null"),
        ({"metadata": []}, "customer.metadata", "object, or null"),
        ({"metadata": {"n": 2**63}}, "customer.metadata.n", "whole number of 64 bits"),
        ({"tier": [2**70]}, "customer.tier[0]", "whole number of 64 bits"),
    ],
)
def test_fields_of_a_wrong_type(profile: dict[str, Any], path: str, expected: str) -> None:
    """The customer is invalid, at the place of the field."""
    faults = faults_of(**profile)
    assert [(fault.reason, fault.path, fault.expected) for fault in faults] == [
        ("invalid_customer", path, expected)
    ]
