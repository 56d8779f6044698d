from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.clock import ManualClock
from connector.simulator.background.seeded_market import MOST_COMMANDS, MOST_LATE_STEPS
from connector.simulator.background.symbol_model import STEP_MS
from connector.simulator.fault_injection.fault_script import ScriptedFault
from connector.simulator.fault_injection.faults import Armed
from connector.simulator.market.orders import BUY, LIMIT, SELL, OrderRequest
from connector.simulator.runtime import Runtime
from connector.simulator.settings import SimulatorSettings
from tests.companions.simulator.callers import QUIET, START_MS, Caller, caller
from tests.companions.simulator.listeners import Listener

BID = OrderRequest("BTCUSDT", BUY, LIMIT, Decimal("0.01"), Decimal(60_000))


def lively() -> tuple[Runtime, ManualClock]:
    clock = ManualClock(START_MS)
    return Runtime(replace(QUIET, background=True, clock=clock)), clock


def test_the_first_pulse_already_finds_a_market() -> None:
    runtime, _ = lively()
    runtime.pulse()
    book = runtime.engine.listings["BTCUSDT"].book
    assert len(book.levels(BUY, 100)) >= 20 and len(book.levels(SELL, 100)) >= 20


def test_missed_steps_are_made_up_for_and_none_is_skipped() -> None:
    runtime, clock = lively()
    even, even_clock = lively()
    clock.advance(5_000)
    for _ in range(3):
        runtime.pulse()
    for _ in range(101):
        even.pulse()
        even_clock.advance(50)
    assert runtime.background.steps == even.background.steps == 101
    assert runtime.background.hash == even.background.hash


def test_what_an_hour_asleep_missed_is_left_out_and_counted() -> None:
    runtime, clock = lively()
    clock.advance(3_600_000)
    runtime.pulse()
    assert runtime.background.steps == MOST_LATE_STEPS + 1
    assert runtime.background.steps + runtime.background.skipped_steps == 3_600_000 // STEP_MS + 1


def test_a_piece_of_the_market_is_one_step_or_a_few_commands_however_late_it_is() -> None:
    runtime, clock = lively()
    runtime.pulse()
    clock.advance(5_000)
    pieces = runtime.pieces()
    orders: list[object] = []
    runtime.engine.place = lambda *row: orders.append(row)  # type: ignore[method-assign, assignment]
    steps, busy = runtime.background.steps, True
    while busy:
        before, placed = runtime.background.steps, len(orders)
        busy = next(pieces)
        assert runtime.background.steps - before <= 1
        assert len(orders) - placed <= MOST_COMMANDS
    assert runtime.background.steps - steps == 100


def test_the_streams_have_their_turn_while_the_market_is_behind() -> None:
    runtime, clock = lively()
    runtime.pulse()
    listener = Listener(runtime.hub, "btcusdt@depth@100ms")
    clock.advance(5_000)
    pieces, heard = runtime.pieces(), list[int]()
    while next(pieces):
        clock.advance(5)
        heard.append(len(listener.frames))
    assert heard[len(heard) // 2] >= 2, "by half of what was to be done"


def test_a_beat_that_comes_late_delays_nothing_after_it() -> None:
    runtime, clock = lively()
    depth = Listener(runtime.hub, "btcusdt@depth@100ms")
    for late_ms in (0, 49, 3, 30, 70, 12, 0, 0, 0, 0):
        clock.advance(int(runtime.next_pulse_ms) - clock.monotonic_ms() + late_ms)
        runtime.pulse()
    moments = [frame["E"] - START_MS for frame in depth.received()]
    assert moments == [0, 100 + 3, 200 + 70, 300 + 12, 400, 500]


def test_the_background_does_the_same_whatever_others_do() -> None:
    alone, alone_clock = lively()
    beset, beset_clock = lively()
    trader = Caller(beset, beset_clock, beset.default_key)
    for number in range(200):
        for runtime, clock in ((alone, alone_clock), (beset, beset_clock)):
            runtime.pulse()
            clock.advance(50)
        if number % 10 == 5:
            trader.order("BUY" if number % 20 == 5 else "SELL", "0.05")
    assert trader("GET", "/fapi/v1/userTrades", symbol="BTCUSDT")
    assert alone.background.hash == beset.background.hash


def test_what_is_done_directly_at_the_engine_is_told_at_once(call: Caller) -> None:
    listener = Listener(call.runtime.hub, "btcusdt@bookTicker")
    sender = call.runtime.admit(Decimal(1_000))
    call.runtime.act(lambda engine, now_ms: engine.place(sender.account_id, BID, now_ms))
    assert [frame["b"] for frame in listener.received()] == ["60000.00"]


def test_every_life_has_its_own_keys() -> None:
    one, other = Runtime(QUIET), Runtime(QUIET)
    assert one.default_key.api_key != other.default_key.api_key and one.epoch_name != other.epoch_name


def test_a_listen_key_expires_after_its_hour(call: Caller) -> None:
    key = call("POST", "/fapi/v1/listenKey")["listenKey"]
    listener = Listener(call.runtime.hub, key)
    call.clock.advance(3_600_000)
    call.runtime.pulse()
    call.runtime.pulse()
    assert [event["e"] for event in listener.received()] == ["listenKeyExpired"]


def test_the_skewed_clock_is_ahead(call: Caller) -> None:
    call.runtime.faults.arm("clock_skew", ms=90_000)
    assert call.runtime.now_ms() == START_MS + 90_000


def test_a_default_floor_has_a_background() -> None:
    runtime = Runtime(SimulatorSettings(clock=ManualClock(START_MS)))
    runtime.pulse()
    assert runtime.background.commands > 0
    assert runtime.market.refused_commands == 0


def test_a_script_strikes_at_its_times_counted_from_the_beginning_of_the_life() -> None:
    clock = ManualClock(START_MS)
    script = (
        ScriptedFault(1, Armed("trading_halt", symbol="BTCUSDT")),
        ScriptedFault(2, Armed("clock_skew", ms=70_000)),
        ScriptedFault(3, Armed("trading_halt", times=0)),
    )
    runtime = Runtime(replace(QUIET, clock=clock, fault_script=script))
    seen = []
    for _ in range(4):
        runtime.pulse()
        seen.append((runtime.engine.listings["BTCUSDT"].status, runtime.now_ms() - clock.ms))
        clock.advance(1_000)
    assert seen == [("TRADING", 0), ("TRADING_HALT", 0), ("TRADING_HALT", 70_000), ("TRADING", 70_000)]


def test_a_script_that_strikes_nothing_says_so_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock(START_MS)
    script = (
        ScriptedFault(0, Armed("unsigned_4411")),
        ScriptedFault(0, Armed("forced_adl")),
        ScriptedFault(0, Armed("key_expired", api_key="zz")),
        ScriptedFault(0, Armed("trading_halt", symbol="BTCUSDT")),
    )
    runtime = Runtime(replace(QUIET, clock=clock, fault_script=script))
    runtime.pulse()
    assert runtime.engine.listings["BTCUSDT"].status == "TRADING_HALT"
    assert [record.getMessage() for record in caplog.records] == [
        "script of faults, at 0 s: "
        "unsigned_4411 strikes nothing: no contract here is on traditional finance; say symbol",
        "script of faults, at 0 s: forced_adl struck nothing",
        "script of faults, at 0 s: key_expired struck nothing",
    ]


def stepped_back(call: Caller) -> None:
    """The clock was an hour ahead and is so no more."""
    call.runtime.faults.arm("clock_skew", ms=3_600_000)
    call.runtime.pulse()
    call.runtime.faults.arm("clock_skew", 0)
    call.runtime.pulse()


def test_what_lasts_for_a_time_lasts_as_long_where_the_clock_steps_back(call: Caller) -> None:
    call.runtime.faults.arm("clock_skew", ms=3_600_000)
    call.runtime.pulse()
    key = call("POST", "/fapi/v1/listenKey")["listenKey"]
    call.order("BUY", "0.01", "59000")
    call("POST", "/fapi/v1/countdownCancelAll", symbol="BTCUSDT", countdownTime=5_000)
    call.runtime.faults.arm("clock_skew", 0)
    call.runtime.pulse()
    call.clock.advance(4_999)
    call.runtime.pulse()
    assert len(call("GET", "/fapi/v1/openOrders", symbol="BTCUSDT")) == 1
    call.clock.advance(1)
    call.runtime.pulse()
    assert call("GET", "/fapi/v1/openOrders", symbol="BTCUSDT") == []
    call.clock.advance(3_600_000 - 5_000)
    listener = Listener(call.runtime.hub, key)
    call.runtime.pulse()
    assert [event["e"] for event in listener.received()] == ["listenKeyExpired"]


def test_a_listen_key_does_not_die_of_a_clock_that_runs_ahead(call: Caller) -> None:
    key = call("POST", "/fapi/v1/listenKey")["listenKey"]
    stepped_back(call)
    assert call("PUT", "/fapi/v1/listenKey")["listenKey"] == key


def test_prices_are_sampled_and_orders_found_where_the_clock_stepped_back(call: Caller) -> None:
    call.runtime.faults.arm("clock_skew", ms=3_600_000)
    call.runtime.pulse()
    order_id = call.order("BUY", "0.01", "59000")["orderId"]
    call.runtime.faults.arm("clock_skew", 0)
    call.runtime.faults.arm("not_found_lag", ms=500)
    assert call("GET", "/fapi/v1/order", symbol="BTCUSDT", orderId=order_id)["orderId"] == order_id
    mark_price = call.runtime.engine.listings["BTCUSDT"].mark_price
    samples = mark_price._samples
    for _ in range(3):
        call.clock.advance(1_000)
        call.runtime.pulse()
    assert mark_price._samples >= samples + 3


def test_a_ban_lasts_as_long_as_it_says_where_the_clock_steps_back() -> None:
    call = caller(replace(QUIET, limits=True, limits_times=0.001, first_ban_s=10))
    call.runtime.faults.arm("clock_skew", ms=3_600_000)
    statuses = [call.ask("GET", "/fapi/v1/account").status for _ in range(30)]
    while statuses[-1] != 418:
        statuses.append(call.ask("GET", "/fapi/v2/account").status)
        assert len(statuses) < 60
    call.runtime.faults.arm("clock_skew", 0)
    assert call.ask("GET", "/fapi/v1/time").status == 418
    call.clock.advance(10_000)
    assert call.ask("GET", "/fapi/v1/time").status != 418
