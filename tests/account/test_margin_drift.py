"""What is free as reckoned beside what the venue says: a difference that stays is told, and one that passes is not."""

from decimal import Decimal

from connector.account.margin_drift import FreeMargin, MarginDrift
from connector.core.account_events import MarginDriftEvent

D = Decimal


def look(drift: MarginDrift, ours: str, venue: str, at_s: float = 1.0) -> tuple[MarginDriftEvent, ...]:
    return drift.compare([FreeMargin("USDT", D(ours), D(venue), D(10_000))], at_s)


def test_a_difference_that_stays_is_told_at_the_third_look_and_once() -> None:
    drift = MarginDrift()
    assert look(drift, "9000", "8800") == look(drift, "9000", "8799") == ()
    assert look(drift, "9010", "8805", 3.0) == (MarginDriftEvent(3.0, "USDT", D(9010), D(8805)),)
    assert [look(drift, "9000", "8500") for _ in range(9)] == [()] * 9


def test_it_is_told_again_once_it_was_gone() -> None:
    drift = MarginDrift()
    for _ in range(3):
        look(drift, "9000", "8800")
    assert look(drift, "9000", "9000") == ()
    assert [len(look(drift, "9000", "8800")) for _ in range(4)] == [0, 0, 1, 0]


def test_a_difference_that_is_another_one_at_each_look_is_the_mark_between_two_answers() -> None:
    drift = MarginDrift()
    assert [look(drift, "9000", venue) for venue in ("8990", "9004", "8950", "9020", "8990", "8960")] == [()] * 6


def test_a_difference_that_nobody_would_notice_is_none() -> None:
    drift = MarginDrift()
    assert [look(drift, "9000", "8999.5") for _ in range(5)] == [()] * 5


def test_each_asset_is_looked_at_by_itself() -> None:
    drift = MarginDrift()
    for _ in range(2):
        drift.compare([FreeMargin("USDT", D(5), D(4), D(5)), FreeMargin("USDC", D(7), D(7), D(7))], 1.0)
    (told,) = drift.compare([FreeMargin("USDC", D(7), D(6), D(7)), FreeMargin("USDT", D(5), D(4), D(5))], 2.0)
    assert told.asset == "USDT"
