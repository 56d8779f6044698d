from decimal import Decimal

import pytest

from connector.account.position_drift import PositionDrift
from connector.core.enums import PositionSide
from connector.core.events import PositionDriftEvent

BTC, LONG = ("BTC-USDT", PositionSide.BOTH), ("BTC-USDT", PositionSide.LONG)
LAG_MS = 10_000


def positions(amount: str | int) -> dict[tuple[str, PositionSide], Decimal]:
    return {BTC: Decimal(amount)}


@pytest.fixture
def drift() -> PositionDrift:
    drift = PositionDrift(LAG_MS)
    assert drift.compare(positions(2), 100_000) == ()
    return drift


def test_our_fills_explain_the_position(drift: PositionDrift) -> None:
    drift.explain(BTC, Decimal(1), 110_000, "1")
    drift.explain(BTC, Decimal(-4), 120_000, "2")
    assert drift.compare(positions(-1), 200_000) == ()


def test_what_our_fills_do_not_explain_is_reported_once_and_the_venues_figure_taken(drift: PositionDrift) -> None:
    drift.explain(BTC, Decimal(1), 110_000, "3")
    event = PositionDriftEvent(200.0, "BTC-USDT", ours=Decimal(3), venue=Decimal(5))
    assert drift.compare(positions(5), 190_000) == ()
    assert drift.suspects
    assert drift.compare(positions(5), 200_000) == (event,)
    assert not drift.suspects
    assert drift.compare(positions(5), 300_000) == ()


def test_a_fill_that_is_read_after_the_first_look_explains_the_second(drift: PositionDrift) -> None:
    assert drift.compare(positions(5), 200_000) == ()
    drift.explain(BTC, Decimal(3), 199_000, "4")
    assert drift.compare(positions(5), 201_000) == ()
    assert not drift.suspects
    assert drift.compare(positions(5), 300_000) == ()


def test_a_position_that_the_snapshot_leaves_out_is_zero(drift: PositionDrift) -> None:
    drift.compare({}, 190_000)
    assert drift.compare({}, 200_000) == (PositionDriftEvent(200.0, "BTC-USDT", Decimal(2), Decimal(0)),)


def test_a_position_that_comes_from_nowhere_is_reported(drift: PositionDrift) -> None:
    drift.compare(positions(2) | {LONG: Decimal(1)}, 190_000)
    (event,) = drift.compare(positions(2) | {LONG: Decimal(1)}, 200_000)
    assert (event.ours, event.venue) == (Decimal(0), Decimal(1))


def test_a_position_opened_by_our_fill_after_the_first_snapshot_is_explained() -> None:
    drift = PositionDrift()
    drift.compare({}, 100_000)
    drift.explain(BTC, Decimal(1), 150_000, "5")
    assert drift.compare(positions(1), 200_000) == ()


def test_fills_before_the_first_snapshot_stand_in_it() -> None:
    drift = PositionDrift()
    drift.explain(BTC, Decimal(2), 50_000, "6")
    assert drift.compare(positions(2), 100_000) == ()
    assert drift.compare(positions(2), 200_000) == ()


def test_a_fill_that_stands_in_the_last_snapshot_is_not_counted_again(drift: PositionDrift) -> None:
    drift.explain(BTC, Decimal(1), 99_000, "7")
    assert drift.compare(positions(2), 200_000) == ()


def test_a_snapshot_that_lags_a_little_is_explained_and_so_is_the_next(drift: PositionDrift) -> None:
    drift.explain(BTC, Decimal(1), 199_000, "8")
    assert drift.compare(positions(2), 200_000) == ()
    assert drift.compare(positions(3), 300_000) == ()


def test_a_snapshot_that_runs_ahead_of_its_stamp_is_explained_and_so_is_the_next(drift: PositionDrift) -> None:
    drift.explain(BTC, Decimal(1), 200_050, "9")
    assert drift.compare(positions(3), 200_000) == ()
    assert drift.compare(positions(3), 300_000) == ()


def test_a_position_that_stood_still_though_we_traded_long_ago_is_a_drift(drift: PositionDrift) -> None:
    drift.explain(BTC, Decimal(1), 200_000 - LAG_MS, "10")
    drift.compare(positions(2), 200_000)
    (event,) = drift.compare(positions(2), 205_000)
    assert (event.ours, event.venue) == (Decimal(3), Decimal(2))


def test_an_old_snapshot_says_nothing(drift: PositionDrift) -> None:
    assert drift.compare(positions(7), 99_999) == ()
    assert drift.compare(positions(2), 100_001) == ()


def test_fills_reported_out_of_order_are_taken_in_order_of_trade(drift: PositionDrift) -> None:
    drift.explain(BTC, Decimal(5), 205_000, "11")
    drift.explain(BTC, Decimal(1), 150_000, "12")
    assert drift.compare(positions(3), 200_000) == ()


def test_a_fill_that_is_heard_after_a_snapshot_that_it_stands_in_is_counted_in_its_turn(drift: PositionDrift) -> None:
    drift.explain(BTC, Decimal(1), 110_000, "13")
    assert drift.compare(positions(2), 110_500) == ()
    drift.explain(BTC, Decimal(-1), 110_200, "14")
    assert drift.compare(positions(2), 130_000) == ()
    assert drift.compare(positions(2), 140_000) == ()


def test_a_pair_that_no_snapshot_named_was_flat_from_the_first_one_on(drift: PositionDrift) -> None:
    other = ("ETH-USDT", PositionSide.BOTH)
    drift.compare(positions(2), 110_000)
    drift.explain(other, Decimal(3), 109_000, "15")
    assert drift.compare({**positions(2), other: Decimal(3)}, 130_000) == ()
    assert not drift.suspects


def test_begun_anew_the_next_snapshot_explains_itself_whatever_its_time(drift: PositionDrift) -> None:
    drift.begin_anew()
    assert drift.compare({BTC: Decimal(7)}, 1) == ()
    assert not drift.suspects


def test_a_trade_that_is_told_as_anothers_and_then_as_ours_counts_once(drift: PositionDrift) -> None:
    drift.explain(BTC, Decimal(1), 110_000, "77")
    drift.explain(BTC, Decimal(1), 110_000, "77")
    assert drift.compare(positions(3), 111_000) == ()
    assert not drift.suspects


def test_nothing_is_told_of_a_pair_whose_trades_are_known_to_be_missing() -> None:
    missing = {"BTC-USDT"}
    drift = PositionDrift(LAG_MS, lambda: missing)
    drift.compare(positions(2), 100_000)
    assert [drift.compare(positions(5), time_ms) for time_ms in (110_000, 120_000)] == [(), ()]
    missing.clear()
    assert drift.suspects
    (event,) = drift.compare(positions(5), 130_000)
    assert (event.ours, event.venue) == (2, 5)
