"""Whether every event of each trade came."""

from connector.core.reports import AccountReport, OrderReport, OrderStatus, PositionReport, ReportSource, TradeHint
from connector.exchange.account.trade_watch import TradeWatch
from tests.companions.account.scenes import position
from tests.companions.orders.scenes import SYMBOL, fill, report

T_MS = 3_000


def hint(trade_id: str = "7") -> TradeHint:
    return TradeHint(SYMBOL, trade_id, "desk-1", T_MS)


def filled(trade_id: str = "7", time_ms: int = T_MS) -> OrderReport:
    return report(OrderStatus.PARTIALLY_FILLED, fill(trade_id, time_ms=time_ms))


def positioned(time_ms: int = T_MS, symbol: str = SYMBOL) -> AccountReport:
    row: PositionReport = position("1", symbol)
    return AccountReport(ReportSource.STREAM, "ORDER", time_ms, positions=(row,))


def test_a_trade_that_is_told_whole_in_any_order_is_not_asked_for() -> None:
    watch = TradeWatch()
    watch.hinted(hint("7"), 100)
    watch.positioned(positioned())
    watch.filled(filled("7"), 100)
    watch.filled(filled("8", T_MS + 5), 100)
    watch.hinted(hint("8"), 110)
    watch.positioned(positioned(T_MS + 5))
    assert watch.missing_fills(60_000) == set()
    assert not watch.misses_positions(60_000)


def test_a_fill_that_was_named_and_does_not_come_is_asked_for_soon_and_a_few_times() -> None:
    watch = TradeWatch()
    watch.hinted(hint(), 0)
    asked = []
    for now_ms in range(0, 20_000, 50):
        if watch.missing_fills(now_ms):
            assert watch.missing_fills(now_ms) == {SYMBOL}
            asked.append(now_ms)
            watch.asked_for_fills(SYMBOL, now_ms)
    assert asked == [250, 1_000, 3_000, 6_000]


def test_a_fill_that_was_found_is_owed_no_more() -> None:
    watch = TradeWatch()
    watch.hinted(hint(), 0)
    watch.filled(filled(), 260)
    watch.asked_for_fills(SYMBOL, 260)
    assert watch.missing_fills(60_000) == set()


def test_a_fill_whose_position_is_not_told_has_the_account_read() -> None:
    watch = TradeWatch()
    watch.positioned(positioned(T_MS - 1))
    watch.filled(filled(), 100)
    assert not watch.misses_positions(300)
    watch.positioned(positioned(symbol="ETHUSDT"))
    assert watch.misses_positions(350)
    watch.asked_for_positions()
    assert not watch.misses_positions(60_000)


def test_the_position_of_a_later_trade_is_that_of_all_before() -> None:
    watch = TradeWatch()
    watch.filled(filled("7"), 100)
    watch.filled(filled("8", T_MS + 5), 100)
    watch.positioned(positioned(T_MS + 5))
    assert not watch.misses_positions(60_000)


def test_what_a_connection_missed_is_not_awaited_on_the_next() -> None:
    watch = TradeWatch()
    watch.hinted(hint("9"), 100)
    watch.filled(filled(), 100)
    watch.forget()
    assert watch.missing_fills(60_000) == set()
    assert not watch.misses_positions(60_000)
