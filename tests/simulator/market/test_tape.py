from itertools import count

from connector.simulator.market.tape import MOST_KEPT, PublicTrade, Tape


def trade(trade_id: int, ticks: int, lots: int = 1) -> PublicTrade:
    return PublicTrade(trade_id, ticks, lots, 1_000 + trade_id, buyer_is_maker=False)


def test_the_fills_of_one_taker_at_one_price_are_one_aggregate() -> None:
    tape = Tape(count(7).__next__)
    for trade_id, ticks, taker in ((1, 100, 50), (2, 100, 50), (3, 101, 50), (4, 101, 51)):
        tape.print(trade(trade_id, ticks), taker)
    rows = [(row.aggregate_id, row.ticks, row.lots, row.first_id, row.last_id) for row in tape.aggregates]
    assert rows == [(7, 100, 2, 1, 2), (8, 101, 1, 3, 3), (9, 101, 1, 4, 4)]


def test_what_is_fresh_is_told_once() -> None:
    tape = Tape(count().__next__)
    tape.print(trade(1, 100), 50)
    assert [row.trade_id for row in tape.fresh_trades()] == [1]
    assert tape.fresh_trades() == []
    assert len(tape.fresh_aggregates()) == 1
    assert tape.last_ticks == 100


def test_a_tape_without_trades_has_no_last_price() -> None:
    assert Tape(count().__next__).last_ticks is None


def test_hidden_retail_liquidity_is_not_in_the_plain_amount() -> None:
    tape = Tape(count().__next__)
    for number, is_rpi in enumerate((False, True, False)):
        tape.print(PublicTrade(number, 100, 5, 1_000, buyer_is_maker=False, is_rpi=is_rpi), 50)
    (row,) = tape.aggregates
    assert (row.lots, row.plain_lots) == (15, 10)


def test_old_trades_are_forgotten() -> None:
    tape = Tape(count().__next__)
    for number in range(2 * MOST_KEPT + 5):
        tape.print(trade(number, 100 + number % 2), number)
    assert MOST_KEPT <= len(tape.trades) <= 2 * MOST_KEPT
    assert tape.last is not None and tape.last.trade_id == 2 * MOST_KEPT + 4
