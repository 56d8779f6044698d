from dataclasses import replace
from decimal import Decimal

from connector.core.clock import ManualClock
from connector.simulator.background.seeded_market import MOST_COMMANDS, MOST_LATE_STEPS
from connector.simulator.background.symbol_model import STEP_MS
from connector.simulator.fault_injection.fault_script import ScriptedFault
from connector.simulator.market.orders import BUY, LIMIT, SELL, OrderRequest
from connector.simulator.runtime import Runtime
from connector.simulator.settings import SimulatorSettings
from tests.companions.simulator.callers import QUIET, START_MS, Caller
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
        ScriptedFault(1, "trading_halt", symbol="BTCUSDT"),
        ScriptedFault(2, "clock_skew", ms=70_000),
        ScriptedFault(3, "trading_halt", times=0),
    )
    runtime = Runtime(replace(QUIET, clock=clock, fault_script=script))
    seen = []
    for _ in range(4):
        runtime.pulse()
        seen.append((runtime.engine.listings["BTCUSDT"].status, runtime.now_ms() - clock.ms))
        clock.advance(1_000)
    assert seen == [("TRADING", 0), ("TRADING_HALT", 0), ("TRADING_HALT", 70_000), ("TRADING", 70_000)]
