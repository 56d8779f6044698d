from dataclasses import replace
from decimal import Decimal

from connector.core.clock import ManualClock
from connector.simulator.fault_script import ScriptedFault
from connector.simulator.floor import TradingFloor
from connector.simulator.orders import BUY, LIMIT, SELL, OrderRequest
from connector.simulator.seeded_market import MOST_STEPS_A_CALL
from connector.simulator.settings import SimulatorSettings
from tests.simulator.callers import QUIET, START_MS, Caller
from tests.simulator.listeners import Ear

BID = OrderRequest("BTCUSDT", BUY, LIMIT, Decimal("0.01"), Decimal(60_000))


def lively() -> tuple[TradingFloor, ManualClock]:
    clock = ManualClock(START_MS)
    return TradingFloor(replace(QUIET, background=True, clock=clock)), clock


def test_the_first_pulse_already_finds_a_market() -> None:
    floor, _ = lively()
    floor.pulse()
    book = floor.engine.listings["BTCUSDT"].book
    assert len(book.levels(BUY, 100)) >= 20 and len(book.levels(SELL, 100)) >= 20


def test_missed_steps_are_made_up_for_and_none_is_skipped() -> None:
    floor, clock = lively()
    even, even_clock = lively()
    clock.advance(5_000)
    for _ in range(3):
        floor.pulse()
    for _ in range(101):
        even.pulse()
        even_clock.advance(50)
    assert floor.background.steps == even.background.steps == 101
    assert floor.background.hash == even.background.hash


def test_one_pulse_does_a_bounded_number_of_steps() -> None:
    floor, clock = lively()
    clock.advance(3_600_000)
    floor.pulse()
    assert floor.background.steps == MOST_STEPS_A_CALL


def test_the_background_does_the_same_whatever_others_do() -> None:
    alone, alone_clock = lively()
    beset, beset_clock = lively()
    trader = Caller(beset, beset_clock, beset.member)
    for number in range(200):
        for floor, clock in ((alone, alone_clock), (beset, beset_clock)):
            floor.pulse()
            clock.advance(50)
        if number % 10 == 5:
            trader.order("BUY" if number % 20 == 5 else "SELL", "0.05")
    assert trader("GET", "/fapi/v1/userTrades", symbol="BTCUSDT")
    assert alone.background.hash == beset.background.hash


def test_what_is_done_directly_at_the_engine_is_told_at_once(call: Caller) -> None:
    ear = Ear(call.floor.hub, "btcusdt@bookTicker")
    member = call.floor.admit(Decimal(1_000))
    call.floor.act(lambda engine, now_ms: engine.place(member.account_id, BID, now_ms))
    assert [frame["b"] for frame in ear.heard()] == ["60000.00"]


def test_every_life_has_its_own_keys() -> None:
    one, other = TradingFloor(QUIET), TradingFloor(QUIET)
    assert one.member.api_key != other.member.api_key and one.life != other.life


def test_a_listen_key_expires_after_its_hour(call: Caller) -> None:
    key = call("POST", "/fapi/v1/listenKey")["listenKey"]
    ear = Ear(call.floor.hub, key)
    call.clock.advance(3_600_000)
    call.floor.pulse()
    call.floor.pulse()
    assert [event["e"] for event in ear.heard()] == ["listenKeyExpired"]


def test_the_skewed_clock_is_ahead(call: Caller) -> None:
    call.floor.faults.arm("clock_skew", ms=90_000)
    assert call.floor.now_ms() == START_MS + 90_000


def test_a_default_floor_has_a_background() -> None:
    floor = TradingFloor(SimulatorSettings(clock=ManualClock(START_MS)))
    floor.pulse()
    assert floor.background.commands > 0
    assert floor.market.refused_commands == 0


def test_a_script_strikes_at_its_times_counted_from_the_beginning_of_the_life() -> None:
    clock = ManualClock(START_MS)
    script = (
        ScriptedFault(1, "trading_halt", symbol="BTCUSDT"),
        ScriptedFault(2, "clock_skew", ms=70_000),
        ScriptedFault(3, "trading_halt", times=0),
    )
    floor = TradingFloor(replace(QUIET, clock=clock, fault_script=script))
    seen = []
    for _ in range(4):
        floor.pulse()
        seen.append((floor.engine.listings["BTCUSDT"].status, floor.now_ms() - clock.ms))
        clock.advance(1_000)
    assert seen == [("TRADING", 0), ("TRADING_HALT", 0), ("TRADING_HALT", 70_000), ("TRADING", 70_000)]
