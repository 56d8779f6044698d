"""The short ways of orders, changes and cancels do what the plain ways do: whatever is asked, told, or shut meanwhile,
ids, bytes, lines, events, refusals and what is known of the orders are the same."""

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.core.enums import OrderType, PositionAction, PositionMode, TimeInForce, TradeType
from connector.core.intents import OrderIntent
from connector.core.order_options import PLAIN, OrderOptions
from connector.core.reports import Fill, MultiAssetsReport, OrderStatus, PositionModeReport
from connector.core.trading_rule import TradingRule
from connector.core.twins import COMPILED
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.market import scenes
from tests.companions.orders.mirrored_desks import PAIR, Desk, mirrored_desks, settled
from tests.companions.sample_rules import BTC_RULE

D = Decimal
AMOUNTS = st.sampled_from([D("0.010"), D("0.01"), D("0.001"), D("0.0015"), D("1E-2"), D(1), D(1_001), D(0), D("0.5")])
PRICES = st.sampled_from(
    [D("60000.0"), D("59000"), D("59000.1"), D("59000.15"), D("6E+4"), D("63000.0"), D("63000.1"), D("57000.0"),
     D("56999.9"), D("100"), D("1E+9"), D("58000.00"), None]
)  # fmt: skip
INTENTS = st.builds(
    OrderIntent,
    st.sampled_from([PAIR, PAIR, PAIR, PAIR, "ETH-USDT", [PAIR], None]),
    st.sampled_from(TradeType),
    st.sampled_from([OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.MARKET]),
    AMOUNTS,
    PRICES,
    st.sampled_from([PositionAction.OPEN, PositionAction.OPEN, PositionAction.OPEN, PositionAction.CLOSE]),
    st.sampled_from([PLAIN, PLAIN, PLAIN, OrderOptions(time_in_force=TimeInForce.IOC)]),
)
RULES = (
    BTC_RULE,
    replace(BTC_RULE, tick_size=D("0.5"), min_price=D(0)),
    replace(BTC_RULE, max_orders=2),
    replace(BTC_RULE, is_trading=False, status="BREAK"),
    replace(BTC_RULE, reduce_only_sides=(TradeType.BUY,)),
    replace(BTC_RULE, step_size=D("0.0000000001")),
    replace(BTC_RULE, price_band_up=D(0), price_band_down=D(0), max_price=D(0), max_amount=D(0)),
)
#: Each is passed now and then by what is asked.
LIMITS: tuple[dict[str, object], ...] = (
    {"max_position": "0.1"},
    {"max_position_notional": 15_000},
    {"max_open_orders_notional": 18_000},
    {"max_order_rate": 14},
    {
        "max_position": "0.3 BTC", "max_position_notional": 17_000, "max_open_orders_notional": 25_000,
        "max_order_rate": 25,
    },
)  # fmt: skip
#: A step: what is done, which order it is about, and of what terms.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("place"), INTENTS),
        st.tuples(st.just("place"), INTENTS),
        st.tuples(st.just("modify"), st.integers(0, 9), PRICES, st.one_of(st.none(), AMOUNTS)),
        st.tuples(st.just("cancel"), st.integers(0, 9)),
        st.tuples(st.just("created"), st.integers(0, 9)),
        st.tuples(st.just("told"), st.integers(0, 9), st.sampled_from([OrderStatus.MODIFIED, OrderStatus.CANCELED])),
        st.tuples(st.just("later"), st.integers(1, 400)),
        st.tuples(st.just("turn")),
        st.tuples(st.just("answers")),
        st.tuples(st.just("gate"), st.booleans()),
        st.tuples(st.just("openings"), st.booleans()),
        st.tuples(st.just("hedge"), st.booleans()),
        st.tuples(st.just("rule"), st.sampled_from(RULES)),
        st.tuples(st.just("mark"), st.sampled_from(["60000.0", "61234.5", "59999.99999"])),
        st.tuples(st.just("trade"), st.sampled_from(["60001.0", "61500.0"])),
        st.tuples(st.just("joint"), st.booleans()),
        st.tuples(st.just("silence"), st.sampled_from([50, 10_000])),
        st.tuples(st.just("disk"), st.booleans()),
    ),
    max_size=25,
)


def take(desk: Desk, step: tuple[Any, ...]) -> object:
    """Does one step; what it returned or raised."""
    parts = desk.connector.components
    match step:
        case ("place", intent):
            return desk.ask("place", intent)
        case ("modify", number, price, amount):
            return desk.ask("modify", PAIR, desk.name(number), price=price, amount=amount)
        case ("cancel", number):
            return desk.ask("cancel", PAIR, desk.name(number))
        case ("created", number):
            desk.tell(desk.name(number), OrderStatus.NEW, exchange_order_id=f"9{number}", time_ms=desk.clock.now_ms())
        case ("told", number, status):
            order = parts.tracker.order(desk.name(number))
            if order is not None:
                wanted = order.change or order
                terms = {"price": wanted.price, "amount": wanted.amount} if status is OrderStatus.MODIFIED else {}
                desk.tell(order.client_order_id, status, time_ms=desk.clock.now_ms() + 1, **terms)
        case ("filled", number):
            order = parts.tracker.order(desk.name(number))
            if order is not None and order.amount > order.executed_amount:
                desk.trades += 1
                lot = min(D("0.001"), order.remaining_amount)
                fill = Fill(
                    trade_id=str(desk.trades), price=order.price or D(1), amount=lot, fee_asset="USDT", fee_amount=D(0),
                    realized_pnl=D(0), is_maker=True, time_ms=desk.clock.now_ms(),
                )  # fmt: skip
                executed = order.executed_amount + lot
                status = OrderStatus.FILLED if executed == order.amount else OrderStatus.PARTIALLY_FILLED
                told = {"exchange_order_id": f"9{number}", "fills": (fill,), "executed_amount": executed}
                desk.tell(order.client_order_id, status, time_ms=desk.clock.now_ms(), **told)
        case ("usual",):
            for each in USUAL:
                take(desk, each)
        case ("later", by_ms):
            desk.clock.advance(by_ms)
        case ("gate", holds):
            parts.gates.hold(gates.ORDER_BOOKS) if holds else parts.gates.fall(gates.ORDER_BOOKS, "silent")
        case ("openings", is_open):
            parts.openings.release("the desk") if is_open else parts.openings.shut("the desk")
        case ("hedge", is_hedge):
            parts.dispatcher.dispatch(PositionModeReport(PositionMode.HEDGE if is_hedge else PositionMode.ONEWAY))
        case ("rule", rule):
            assert isinstance(rule, TradingRule)
            parts.pair_rules.put(rule)
        case ("mark", price):
            row = scenes.mark_price(price, price, "0.0001")
            parts.feed.on_frame(scenes.wrapped(row, "btcusdt@markPrice@1s"), 1)
        case ("trade", price):
            desk.trades += 1
            row = scenes.aggregate_trade(price, "0.1", a=desk.trades, T=1_700_000_000_000 + desk.trades)
            parts.feed.on_frame(scenes.wrapped(row, "btcusdt@aggTrade"), 1)
        case ("joint", is_on):
            parts.dispatcher.dispatch(MultiAssetsReport(is_on))
        case ("silence", for_ms):
            parts.gateway.throttle.account.pause.begin(desk.clock.monotonic_ms() + for_ms)
        case ("disk", is_full):
            desk.log._failed, desk.log._retry_at = "the disk is full" if is_full else "", float("inf")
    return None


async def mirrored(steps: Iterable[tuple[Any, ...]], folder: Path, **limits: object) -> Counter[str]:
    """How often a short way was gone, and a limit kept an order or a change back."""
    async with mirrored_desks(folder, **limits) as (short, plain):
        taken = counted_ways(short.connector)
        for step in steps:
            assert take(short, step) == take(plain, step), step
            if step[0] == "answers":
                short.answer()
                plain.answer()
            if step[0] in ("turn", "answers"):
                await settled()
            assert short.stands() == plain.stands(), step
        await settled()
        assert short.stands() == plain.stands()
        taken["kept back"] = sum("risk_limit" in repr(event) for event in short.heard)
    return taken


def counted_ways(connector: PerpetualDerivative) -> Counter[str]:
    """Counts what takes its short way, by the way's name."""
    taken: Counter[str] = Counter()

    class Counting:
        def __init__(self, quick: object) -> None:
            self.quick = quick

        def __getattr__(self, name: str) -> Any:
            way = getattr(self.quick, name)

            def counting(*asked: Any) -> Any:
                told = way(*asked)
                taken[name] += told is not None and told is not False
                return told

            return counting

    parts = connector.components
    entry: Any = parts.entry
    entry.quick, wishes = Counting(entry.quick), Counting(entry.cancels.quick)
    entry.cancels.quick = parts.modifications.quick = wishes  # type: ignore[assignment]
    return taken


#: What brings back the usual.
USUAL = (("gate", True), ("openings", True), ("hedge", False), ("rule", BTC_RULE), ("joint", False), ("disk", False))
UNUSUAL = (
    ("gate", False), ("openings", False), ("hedge", True), ("joint", True), ("disk", True), ("silence", 50),
    *(("rule", rule) for rule in RULES),
)  # fmt: skip


def a_day(chance: random.Random, steps: int) -> Iterator[tuple[Any, ...]]:
    """Quotes that come, are changed, filled and cancelled, most of them usual; now and then something else happens."""

    def price() -> Decimal:
        return D(chance.randrange(580_000, 620_000)) / 10

    for _ in range(steps):
        number = chance.randrange(12)
        side, maker = chance.choice(tuple(TradeType)), chance.choice((OrderType.LIMIT, OrderType.LIMIT_MAKER))
        amount = chance.choice((D("0.010"), D("0.01"), D("0.002"), D("0.2")))
        yield chance.choices(
            (
                ("place", OrderIntent(PAIR, side, maker, amount, price())),
                ("created", number),
                ("modify", number, price(), chance.choice((None, D("0.020"), D("0.5")))),
                ("cancel", number),
                ("told", number, chance.choice((OrderStatus.MODIFIED, OrderStatus.CANCELED))),
                ("filled", number),
                ("turn",),
                ("later", chance.randrange(1, 40)),
                ("mark", str(price())),
                ("trade", str(price())),
                chance.choice(UNUSUAL),
                ("usual",),
                ("answers",),
            ),
            (30, 20, 30, 20, 12, 8, 12, 10, 4, 4, 3, 12, 40),
        )[0]


@pytest.mark.skipif(not COMPILED, reason="the plain twins are in use: there is one way")
async def test_both_ways_do_the_same_on_days_like_others(tmp_path: Path) -> None:
    taken: Counter[str] = Counter()
    for seed in range(6):
        taken += await mirrored(a_day(random.Random(seed), 250), tmp_path / str(seed))
    assert min(taken[way] for way in ("place", "change", "cancel", "note_cancel")) > 10, taken
    assert not taken["kept back"]


@pytest.mark.skipif(not COMPILED, reason="the plain twins are in use: there is one way")
@pytest.mark.parametrize("limits", LIMITS, ids=" ".join)
async def test_both_ways_keep_the_same_limits(limits: dict[str, object], tmp_path: Path) -> None:
    taken: Counter[str] = Counter()
    for seed in range(4):
        taken += await mirrored(a_day(random.Random(seed), 250), tmp_path / str(seed), **limits)
    assert min(taken[way] for way in ("place", "change", "kept back")) > 10, taken


@pytest.mark.skipif(not COMPILED, reason="the plain twins are in use: there is one way")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.sampled_from(({}, *LIMITS)))
def test_both_ways_do_the_same(steps: list[tuple[Any, ...]], limits: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(mirrored(steps, Path(folder), **limits))


@pytest.mark.skipif(not COMPILED, reason="the plain twins are in use: there is one way")
async def test_the_usual_goes_the_short_ways(tmp_path: Path) -> None:
    """Else the comparison would be one of the plain way with itself."""
    async with mirrored_desks(tmp_path) as (short, plain):
        parts = short.connector.components
        intent = OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT_MAKER, D("0.010"), D("59000.0"))
        for desk in (short, plain):
            desk.ask("place", intent)
            desk.tell(desk.name(0), OrderStatus.NEW, exchange_order_id="9", time_ms=1)
        assert short.stands() == plain.stands()
        quick, order = parts.modifications.quick, parts.tracker.active[0]
        assert quick is not None and parts.entry.quick is not None
        taken = parts.entry.quick.place(replace(intent, trade_type=TradeType.SELL, price=D("61000.0")))
        assert taken is not None and taken[2] is not None
        assert quick.note_cancel(order)
        left = quick.cancel(order)
        assert left is not None
        for begun in (taken[2], left):
            begun[1].close()  # type: ignore[attr-defined]
