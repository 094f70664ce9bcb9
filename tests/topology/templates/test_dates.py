"""The filter ``date``."""

import pytest

from topology.templates.compiling import compile_template


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("'2026-11-26T23:30:05.500Z' | date", "2026-11-26"),
        ("'2026-11-26T23:30:05Z' | date: '%-d %B %Y, %H:%M'", "26 November 2026, 23:30"),
        ("'2026-11-26T23:30:05Z' | date: '%a %d.%m.%y %T %z', 'Europe/Warsaw'", "Fri 27.11.26 00:30:05 +0100"),
        ("'2026-11-26T23:30:05Z' | date: '%I:%M %p %z', 'America/St_Johns'", "08:00 PM -0330"),
        ("'2026-11-26T23:30:05+02:00' | date: '%F %T'", "2026-11-26 21:30:05"),
        ("'2026-11-26' | date: '%A %e %b, day %j', 'Asia/Tokyo'", "Thursday 26 Nov, day 330"),
        ("'2026-11-26' | date: 'week %V, %u%%'", "week 48, 4%"),
        ("'2026-01-05T00:05:00Z' | date: '%-I:%M %p, %-d.%-m.'", "12:05 AM, 5.1."),
        ("nil | date: '%Y'", ""),
        ("'' | date: '%Y'", ""),
    ],
)  # fmt: skip
def test_dates(written: str, expected: str) -> None:
    """Instants as the clocks of a zone show them; dates are of no zone; English names; nothing for nothing."""
    assert compile_template(f"{{{{ {written} }}}}").fill({}) == expected
