import math
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from connector.core.clock import ManualClock
from connector.simulator.background.recorded_traffic import BookChange, Print, read_recording
from connector.simulator.background.replayed_market import instruments_of
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.runtime import Runtime
from tests.companions.places import RECORDED
from tests.companions.simulator.callers import QUIET, START_MS, Caller
from tests.companions.simulator.recordings import SNAPSHOT, depth, trade, written


class Screening:
    """A recording on an exchange, a fact at a time."""

    def __init__(self, folder: Path, *facts: dict[str, Any]) -> None:
        path = written(folder, [SNAPSHOT, *facts])
        self.clock = ManualClock(START_MS)
        self.runtime = Runtime(replace(QUIET, replay=path, clock=self.clock))
        self.me = Caller(self.runtime, self.clock, self.runtime.default_key)
        self.runtime.pulse()

    def go_on(self, facts: int = 1) -> None:
        self.clock.advance(100 * facts)
        self.runtime.pulse()

    def levels(self, side: int) -> list[tuple[str, str]]:
        row = self.runtime.engine.listings["BTCUSDT"]
        shown = row.book.levels(side, 20)
        return [(row.instrument.price_text(ticks), row.instrument.quantity_text(lots)) for ticks, lots in shown]

    def filled(self) -> list[tuple[str, str, bool]]:
        rows = self.me("GET", "/fapi/v1/userTrades", symbol="BTCUSDT")
        return [(row["price"], row["qty"], row["maker"]) for row in rows]


def test_the_recorded_book_stands_and_changes_as_it_did(tmp_path: Path) -> None:
    shown = Screening(tmp_path, depth(101, bids=[["60000.00", "0.400"], ["59999.00", "0"], ["59998.00", "2.000"]]))
    assert shown.levels(BUY) == [("60000.00", "1.000"), ("59999.00", "3.000")]
    shown.go_on()
    assert shown.levels(BUY) == [("60000.00", "0.400"), ("59998.00", "2.000")]
    assert shown.runtime.market.next_ms() == math.inf
    assert shown.runtime.market.refused_commands == 0


def test_a_recording_that_is_over_says_so_where_one_looks(tmp_path: Path) -> None:
    shown = Screening(tmp_path, depth(101, bids=[["60000.00", "0.400"]]))
    assert not shown.runtime.market.is_over
    for path in ("/local/v1/view", "/local/v1/background"):
        assert shown.me.local("GET", path)["notice"] == ""
    shown.go_on()
    assert shown.runtime.market.is_over
    for path in ("/local/v1/view", "/local/v1/background"):
        assert shown.me.local("GET", path)["notice"].startswith("the recording is over: its last book stands")


def test_when_it_is_over_its_last_book_can_be_traded_with(tmp_path: Path) -> None:
    shown = Screening(tmp_path, depth(101, bids=[["60000.00", "0.400"]]))
    shown.go_on(20)
    shown.me.order("SELL", "0.1")
    assert shown.filled() == [("60000.00", "0.100", False)]
    assert shown.levels(BUY)[0] == ("60000.00", "0.300")


def test_a_trade_eats_what_stood_ahead_of_us_first(tmp_path: Path) -> None:
    shown = Screening(tmp_path, trade("60000.00", "0.9", seller_took=True), trade("60000.00", "0.3", seller_took=True))
    shown.me.order("BUY", "0.5", "60000")
    shown.go_on()
    assert shown.filled() == []
    shown.go_on()
    assert shown.filled() == [("60000.00", "0.200", True)]


def test_what_comes_after_us_stands_behind_us_and_leaves_first(tmp_path: Path) -> None:
    grown, shrunk = (depth(101 + nth, bids=[["60000.00", amount]]) for nth, amount in enumerate(("3.000", "1.000")))
    sold = trade("60000.00", "1.4", seller_took=True)
    shown = Screening(tmp_path, grown, shrunk, sold)
    shown.me.order("BUY", "0.5", "60000")
    shown.go_on(2)
    assert shown.levels(BUY)[0] == ("60000.00", "1.500")
    shown.go_on()
    assert shown.filled() == [("60000.00", "0.400", True)], "the first bitcoin was ahead, all that came later was not"


def test_a_cancel_ahead_of_us_shortens_the_queue_only_when_nothing_younger_is_left(tmp_path: Path) -> None:
    less, sold = depth(101, bids=[["60000.00", "0.200"]]), trade("60000.00", "0.3", seller_took=True)
    shown = Screening(tmp_path, less, sold)
    shown.me.order("BUY", "0.5", "60000")
    shown.go_on(2)
    assert shown.filled() == [("60000.00", "0.100", True)]


def test_a_trade_through_our_price_fills_us_at_our_price(tmp_path: Path) -> None:
    shown = Screening(tmp_path, trade("59999.00", "2.0", seller_took=True))
    shown.me.order("BUY", "0.5", "59999.5")
    shown.go_on()
    assert shown.filled() == [("59999.50", "0.500", True)]


def test_a_level_of_the_other_side_beyond_our_price_fills_us(tmp_path: Path) -> None:
    shown = Screening(tmp_path, depth(101, bids=[["60000.00", "0"]], asks=[["59998.00", "1.000"]]))
    shown.me.order("BUY", "0.5", "59999.5")
    shown.go_on()
    assert shown.filled() == [("59999.50", "0.500", True)]


def test_what_we_took_stands_again_with_the_levels_next_change(tmp_path: Path) -> None:
    shown = Screening(tmp_path, depth(101, asks=[["60000.10", "1.200"]]))
    shown.me.order("BUY", "0.7")
    assert shown.levels(SELL)[0] == ("60000.10", "0.300")
    shown.go_on()
    assert shown.levels(SELL)[0] == ("60000.10", "1.200")


def test_a_trade_where_nothing_stood_is_printed_all_the_same(tmp_path: Path) -> None:
    shown = Screening(tmp_path, trade("60000.50", "0.250"))
    shown.go_on()
    (printed,) = shown.me("GET", "/fapi/v1/trades", symbol="BTCUSDT")
    assert (printed["price"], printed["qty"], printed["isBuyerMaker"]) == ("60000.50", "0.250", False)


def test_a_later_snapshot_replaces_the_book(tmp_path: Path) -> None:
    anew = {"lastUpdateId": 500, "bids": [["59000.00", "1.000"]], "asks": [["59001.00", "1.000"]]}
    shown = Screening(tmp_path, anew, depth(400, bids=[["59000.00", "9.000"]]))
    shown.go_on(2)
    assert (shown.levels(BUY), shown.levels(SELL)) == ([("59000.00", "1.000")], [("59001.00", "1.000")])


def test_the_index_follows_the_recorded_price(tmp_path: Path) -> None:
    shown = Screening(tmp_path, depth(101, asks=[["60000.10", "0"]]))
    shown.go_on()
    assert shown.me("GET", "/fapi/v1/premiumIndex", symbol="BTCUSDT")["indexPrice"] == "60000.50000000"


def marked(mark: str, index: str) -> dict[str, Any]:
    return {"e": "markPriceUpdate", "s": "BTCUSDT", "p": mark, "i": index, "r": "0.00010000", "T": 0}


def test_mark_price_and_index_are_the_recorded_ones_where_it_has_them(tmp_path: Path) -> None:
    shown = Screening(tmp_path, marked("60100.5", "60101"), depth(101, asks=[["60000.10", "0"]]))
    shown.go_on(2)
    row = shown.me("GET", "/fapi/v1/premiumIndex", symbol="BTCUSDT")
    assert (row["markPrice"], row["indexPrice"]) == ("60100.50000000", "60101.00000000")


def outage(reason: str = "") -> dict[str, Any]:
    return {"outage": reason}


def status(shown: Screening) -> str:
    return str(shown.me("GET", "/fapi/v1/exchangeInfo")["symbols"][0]["status"])


def test_nothing_stands_and_nobody_trades_while_the_market_is_out_of_sight(tmp_path: Path) -> None:
    shown = Screening(tmp_path, outage("a socket was cut"), trade("59999.00", "2.0", seller_took=True))
    shown.me.order("BUY", "0.5", "59999.5")
    shown.go_on()
    assert (shown.levels(BUY), shown.levels(SELL), status(shown)) == ([("59999.50", "0.500")], [], "TRADING_HALT")
    shown.go_on()
    assert shown.filled() == [], "a trade without its book fills nobody"
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1"}
    assert shown.me.code("POST", "/fapi/v1/order", **order) == -4140


def test_what_is_known_again_stands_when_the_market_is_seen_again_and_not_before(tmp_path: Path) -> None:
    anew = {
        "lastUpdateId": 500,
        "bids": [["59000.00", "1.000"], ["58999.00", "2.000"]],
        "asks": [["59001.00", "1.000"]],
    }
    later = depth(501, bids=[["58999.00", "0"]], asks=[["59002.00", "4.000"]])
    shown = Screening(tmp_path, outage("cut"), depth(300, bids=[["60000.00", "9.000"]]), anew, later, outage())
    shown.go_on(4)
    assert (shown.levels(BUY), shown.levels(SELL)) == ([], [])
    shown.go_on()
    assert shown.levels(BUY) == [("59000.00", "1.000")]
    assert shown.levels(SELL) == [("59001.00", "1.000"), ("59002.00", "4.000")]
    assert status(shown) == "TRADING"


def test_a_second_loss_forgets_what_was_known_again(tmp_path: Path) -> None:
    anew = {"lastUpdateId": 500, "bids": [["59000.00", "1.000"]], "asks": []}
    shown = Screening(tmp_path, outage("cut"), anew, outage("a gap"), outage())
    shown.go_on(4)
    assert (shown.levels(BUY), shown.levels(SELL), status(shown)) == ([], [], "TRADING")


def test_a_trade_that_came_twice_is_made_once(tmp_path: Path) -> None:
    sold = trade("60000.00", "0.3", seller_took=True) | {"t": 7}
    shown = Screening(tmp_path, sold, sold)
    shown.go_on(2)
    assert shown.levels(BUY)[0] == ("60000.00", "0.700")


@pytest.mark.skipif(not RECORDED.exists(), reason="the recordings are not beside the project")
def test_the_venues_own_recording_stands_level_by_level() -> None:
    path = RECORDED / "usdm-2024-08-08" / "btcusdt.gz"
    clock = ManualClock(START_MS)
    runtime = Runtime(replace(QUIET, replay=path, clock=clock))
    (row,) = instruments_of(path)
    assert row.start_price > 61_000
    book, tape = runtime.engine.listings["BTCUSDT"].book, runtime.engine.listings["BTCUSDT"].tape
    levels: dict[int, dict[int, int]] = {BUY: {}, SELL: {}}
    facts = list(islice(read_recording(path), 6_000))
    while isinstance(facts[-1], Print):
        facts.pop()
    changes = [fact for fact in facts if isinstance(fact, BookChange)]
    (snapshot,) = (change for change in changes if change.snapshot)
    for change in [snapshot, *(change for change in changes if change.last_id >= snapshot.last_id)]:
        for side, named in ((BUY, change.bids), (SELL, change.asks)):
            levels[side].update({row.ticks_of(price): row.lots_of(amount) for price, amount in named})
    clock.advance(facts[-1].at_ms - facts[0].at_ms)
    runtime.pulse()
    for side in (BUY, SELL):
        recorded = sorted(((ticks, lots) for ticks, lots in levels[side].items() if lots), reverse=side == BUY)
        assert book.levels(side, 20) == recorded[:20]
    prints = [fact for fact in facts if isinstance(fact, Print) and fact.at_ms >= snapshot.at_ms]
    printed = list(tape.trades)[-1_000:]
    assert sum(trade.lots for trade in printed) > 0
    assert {trade.ticks for trade in printed} <= {row.ticks_of(fact.price) for fact in prints}
    assert runtime.market.refused_commands < 50


@pytest.mark.skipif(not RECORDED.exists(), reason="the recordings are not beside the project")
def test_contracts_that_no_list_has_are_made_up_from_the_recording() -> None:
    rows = {row.symbol: row for row in instruments_of(RECORDED / "usdm-2021-07-22")}
    sushi = rows["SUSHIUSDT"]
    assert (sushi.tick, sushi.step, sushi.base) == (Decimal("0.001"), Decimal(1), "SUSHI")
    clock = ManualClock(START_MS)
    runtime = Runtime(replace(QUIET, replay=RECORDED / "usdm-2021-07-22", clock=clock))
    clock.advance(3_600_000)
    runtime.pulse()
    best = {}
    for symbol, listing in runtime.engine.listings.items():
        bid, ask = listing.book.best(BUY), listing.book.best(SELL)
        assert bid is not None and ask is not None
        best[symbol] = (bid * listing.instrument.tick, ask * listing.instrument.tick)
    assert best == {
        "SUSHIUSDT": (Decimal("7.612"), Decimal("7.616")),
        "AKROUSDT": (Decimal("0.01734"), Decimal("0.01735")),
        "KEEPUSDT": (Decimal("0.2463"), Decimal("0.2467")),
        "CTKUSDT": (Decimal("1.011"), Decimal("1.012")),
    }
