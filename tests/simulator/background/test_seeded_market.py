from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial

from connector.core.clock import ManualClock
from connector.simulator.background.seeded_market import MOST_EVENTS
from connector.simulator.background.symbol_model import STEP_MS
from connector.simulator.engine import Engine
from connector.simulator.market.default_instruments import BTCUSDT
from connector.simulator.market.orders import BUY, LIMIT, Order, OrderRequest
from connector.simulator.runtime import Runtime
from tests.companions.simulator.callers import QUIET, START_MS


def runtime_at(pace: float = 1.0) -> tuple[Runtime, ManualClock]:
    clock = ManualClock(START_MS)
    return Runtime(replace(QUIET, background=True, pace=pace, clock=clock, instruments=(BTCUSDT,))), clock


def live(runtime: Runtime, clock: ManualClock, ms: int) -> None:
    end_ms = clock.ms + ms
    while clock.ms < end_ms:
        runtime.pulse()
        clock.ms = max(clock.ms + 1, int(-(-runtime.next_ms() // 1)))


def test_a_command_is_carried_out_when_it_is_due_and_not_before() -> None:
    runtime, clock = runtime_at()
    live(runtime, clock, 2_000)
    times = {trade.time_ms for trade in runtime.engine.listings["BTCUSDT"].tape.trades}
    assert len({ms % 50 for ms in times}) > 10, "trades do not keep step with the market's own"


def test_twice_the_pace_does_in_half_the_time_what_one_does_in_all() -> None:
    slow, slow_clock = runtime_at()
    fast, fast_clock = runtime_at(pace=2.0)
    live(slow, slow_clock, 2_000)
    live(fast, fast_clock, 1_000)
    assert slow.background.steps == fast.background.steps == 40
    assert slow.background.hash == fast.background.hash


def test_nothing_happens_before_the_market_said_it_would_and_something_does_then() -> None:
    runtime, clock = runtime_at()
    runtime.pulse()
    for _ in range(20):
        due_ms = int(-(-runtime.next_ms() // 1))
        update_id, steps = runtime.engine.listings["BTCUSDT"].book.update_id, runtime.background.steps
        clock.ms = due_ms - 1
        runtime.trade()
        assert (runtime.engine.listings["BTCUSDT"].book.update_id, runtime.background.steps) == (update_id, steps)
        clock.ms = due_ms
        runtime.pulse()
        assert runtime.next_ms() > due_ms


def test_a_market_that_was_asleep_for_an_hour_starts_late_and_not_ever_faster() -> None:
    runtime, clock = runtime_at()
    runtime.pulse()
    clock.advance(3_600_000)
    for _ in range(60):
        runtime.pulse()
    assert runtime.background.steps <= 1_202
    assert runtime.engine.listings["BTCUSDT"].book.best(BUY)


def half_done(runtime: Runtime, clock: ManualClock) -> Iterator[None]:
    """The rest of a step that others were let in on: some of it is made, nothing of it is carried out."""
    runtime.trade()
    while (due_ms := runtime.market.next_ms()) % STEP_MS:
        clock.ms = int(due_ms)
        runtime.trade()
    clock.ms = int(due_ms)
    pieces, steps = runtime.trading(), runtime.background.steps
    next(pieces)
    assert runtime.background.steps == steps and runtime.market.next_ms() == due_ms
    return pieces


def placed(account_id: int, request: OrderRequest, engine: Engine, now_ms: int) -> Order:
    return engine.place(account_id, request, now_ms)


def test_orders_are_carried_out_in_the_middle_of_a_step_and_the_market_does_the_same_as_without_them() -> None:
    (runtime, clock), (alone, alone_clock) = runtime_at(), runtime_at()
    live(runtime, clock, 1_010)
    live(alone, alone_clock, 1_010)
    book = runtime.engine.listings["BTCUSDT"].book
    for number in range(10):
        pieces = half_done(runtime, clock)
        request = OrderRequest("BTCUSDT", BUY, LIMIT, Decimal("0.01"), Decimal(50_000 + number))
        order = runtime.act(partial(placed, runtime.default_key.account_id, request))
        assert book.lots_at(BUY, order.price_ticks) == order.lots
        for _ in pieces:
            pass
        live(runtime, clock, 40)
    live(alone, alone_clock, clock.ms - alone_clock.ms)
    assert runtime.background.steps == alone.background.steps > 29
    assert (runtime.background.hash, runtime.background.commands) == (alone.background.hash, alone.background.commands)
    assert runtime.market.refused_commands == alone.market.refused_commands


def test_no_further_command_is_carried_out_when_the_owners_of_orders_are_to_hear_of_many_fills() -> None:
    runtime, clock = runtime_at()
    live(runtime, clock, 1_010)
    engine, account_id, events, pieces = runtime.engine, runtime.default_key.account_id, list[int](), list[list[int]]()

    def watched(place: Callable[..., Order], *terms: object) -> Order:
        try:
            return place(*terms)
        finally:
            events.append(len(engine.clearing.outbox))

    for _ in range(20):
        bid = engine.listings["BTCUSDT"].book.best(BUY)
        assert bid is not None
        for _ in range(5 * MOST_EVENTS):
            request = OrderRequest("BTCUSDT", BUY, LIMIT, Decimal("0.002"), bid * BTCUSDT.tick)
            runtime.act(partial(placed, account_id, request))
        engine.place = partial(watched, engine.place)  # type: ignore[method-assign]
        for _ in range(100):
            for _ in runtime.trading():
                pieces.append(events.copy())
                events.clear()
            clock.ms = int(-(-runtime.market.next_ms() // 1))
        del engine.place
        runtime.act(lambda engine, now_ms: engine.cancel_all(account_id, "BTCUSDT", now_ms))
    assert any(piece and piece[-1] > MOST_EVENTS for piece in pieces), "no taker met many orders"
    assert all(after <= MOST_EVENTS for piece in pieces for after in piece[:-1])


def test_the_index_moves_when_the_step_is_whole() -> None:
    runtime, clock = runtime_at()
    live(runtime, clock, 1_010)
    mark = runtime.engine.listings["BTCUSDT"].mark_price
    pieces = half_done(runtime, clock)
    before, steps = mark.index_e8, runtime.background.steps
    while runtime.background.steps == steps:
        assert mark.index_e8 == before
        next(pieces)
    assert mark.index_e8 != before


def test_a_turn_that_is_broken_off_in_a_step_loses_nothing_of_it() -> None:
    (runtime, clock), (whole, whole_clock) = runtime_at(), runtime_at()
    live(runtime, clock, 1_010)
    live(whole, whole_clock, 1_010)
    for _ in range(5):
        half_done(runtime, clock)
        live(runtime, clock, 30)
    live(whole, whole_clock, clock.ms - whole_clock.ms)
    assert (runtime.background.steps, runtime.background.hash) == (whole.background.steps, whole.background.hash)
