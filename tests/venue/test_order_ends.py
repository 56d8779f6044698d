import pytest

from connector.core.order_ends import ExpiryReason, RejectionKind
from connector.venue.error_codes import RULES
from connector.venue.order_ends import FILTERS, REJECTION_KINDS, expiry_reason


@pytest.mark.parametrize(
    ("status", "number", "reason"),
    [
        ("EXPIRED_IN_MATCH", "1", ExpiryReason.SELF_TRADE_PREVENTION),
        ("EXPIRED_IN_MATCH", "", ExpiryReason.SELF_TRADE_PREVENTION),
        ("EXPIRED", "4", ExpiryReason.REDUCE_ONLY_SURPLUS),
        ("EXPIRED", "6", ExpiryReason.POSITION_GONE),
        ("EXPIRED", "9", ExpiryReason.MARKET_REMAINDER),
        ("EXPIRED", "0", ExpiryReason.OTHER),
        ("EXPIRED", "99", ExpiryReason.OTHER),
    ],
)
def test_an_expiry_has_the_reason_that_the_venue_numbers(status: str, number: str, reason: ExpiryReason) -> None:
    assert expiry_reason(status, number) is reason


def test_what_breaks_a_filter_names_it() -> None:
    assert {code for code, kind in REJECTION_KINDS.items() if kind is RejectionKind.FILTER} == set(FILTERS)
    assert RULES.keys() & FILTERS.keys()
