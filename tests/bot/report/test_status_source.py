"""What a snapshot says of a connector that trades."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.bot.report.accounting import Accounting
from connector.bot.report.states import Phase, RunState, StrategyFacts
from connector.bot.report.status_source import StatusSource
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, connect, until

pytestmark = pytest.mark.virtual_time

D = Decimal
OTHER = "ETH-USDT"


def begun(connector: PerpetualDerivative) -> StatusSource:
    books = Accounting(PAIR, "USDT")
    source = StatusSource(connector, books, PAIR)
    for tag in Accounting.TAGS:
        connector.add_listener(tag, books.on_event)
    source.begin()
    return source


async def test_a_position_is_told_with_entry_mark_liquidation_and_what_it_is_worth(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    source = begun(connector)
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D("59980.5"))
    connector.sell(PAIR, D("0.4"), OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: bool(source.positions()), "the position")
    told = source.snapshot()
    (position,) = told.positions
    assert (position.amount, position.entry_price) == (D("-0.4"), D(59_990))
    assert position.mark_price == connector.get_mark_price(PAIR)
    assert position.unrealized_pnl == told.unrealized_pnl == D("-0.4") * (position.mark_price - 59_990)
    assert position.liquidation_price == connector.get_liquidation_price(PAIR) > position.mark_price
    exact = (position.liquidation_price - position.mark_price) / position.mark_price * 100
    assert 0 <= exact - position.liquidation_distance < D("0.01")
    assert position.leverage == connector.get_leverage(PAIR)
    assert told.equity == told.wallet + told.unrealized_pnl
    assert told.counts.sells == 1
    assert told.counts.volume == D("0.4") * 59_990
    assert [order.amount for order in told.orders] == [D("0.010")]
    assert told.result is not None
    assert sum(told.result.parts.values()) == told.result.change == told.equity - told.result.equity_start
    assert told.result.total.others == 0
    json.dumps(told.to_json())


async def test_the_state_follows_what_happens(
    connector: PerpetualDerivative, log: EventLog, venue: LocalExchange
) -> None:
    source = begun(connector)
    assert source.state().state is RunState.READY
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D("59980.5"))
    assert source.state().state is RunState.QUOTING
    await log.waits_for(MarketEvent.BuyOrderCreated)
    connector.openings.shut("the desk")
    assert str(source.state()) == "paused: the gate openings is shut by the desk"
    connector.openings.release("the desk")
    venue.act(lambda engine, now_ms: engine.set_status("BTCUSDT", "TRADING_HALT"))
    await until(lambda: source.state().state is RunState.HALTED, "halted")
    venue.act(lambda engine, now_ms: engine.set_status("BTCUSDT", "TRADING"))
    await until(lambda: source.state().state in (RunState.QUOTING, RunState.READY), "trading again")
    connector.components.streams.mark_trades.stream.drop("cut by hand")
    await until(lambda: source.state().state is RunState.LOST, "lost")
    assert "cut by hand" in source.state().reason
    source.phase = Phase.STOPPING
    assert source.state().state is RunState.STOPPING


@pytest.mark.parametrize("own_settings", [{"check_budget": False}])
async def test_what_the_exchange_refuses_alike_is_a_pause_and_is_counted(connector: PerpetualDerivative) -> None:
    source = begun(connector)
    source.holds = lambda: "not enough is free"
    assert str(source.state()) == "holding: not enough is free"
    for number in range(1, 4):
        connector.buy(PAIR, D("90"), OrderType.LIMIT, D(59_000))
        await until(lambda asked=number: connector.refusals.get(-2019) == asked, "refused")  # type: ignore[misc]
    await until(lambda: not connector.in_flight_orders, "nothing is open")
    told = source.snapshot()
    assert str(told.state).startswith("paused: refused to the account: POST /fapi/v1/order [-2019]")
    assert [(row.code, row.count) for row in told.refusals] == [(-2019, 3)]


async def test_a_bot_that_holds_a_position_and_wants_nothing_says_so(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    source = begun(connector)
    connector.sell(PAIR, D("0.004"), OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: bool(source.positions()), "the position")
    await until(lambda: not connector.in_flight_orders, "nothing is open")
    assert str(source.state()) == "holding: a position of -0.004 BTC-USDT is held, and nothing that opens is wanted"


async def test_of_two_pairs_the_one_that_waits_is_told_with_why_and_the_other_is_held_by_it(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    await connector.add_trading_pair(OTHER)
    await until(lambda: connector.ready, "both books are there")
    source = StatusSource(connector, Accounting(PAIR, "USDT"), PAIR, beside={OTHER: Accounting(OTHER, "USDT")})
    of = [StrategyFacts(name, "mine", (pair,), 1, 1) for name, pair in (("btc", PAIR), ("eth", OTHER))]
    source.strategies = lambda: tuple(of)
    assert [(row.trading_pair, row.ready) for row in source.snapshot().markets] == [(PAIR, True), (OTHER, True)]
    assert [(row.state, row.ready) for row in source.snapshot().strategies] == [("quoting", True)] * 2
    venue.faults.arm("silent_stream", stream="ethusdt@markPrice@1s", ms=7_000)
    await until(lambda: not connector.ready, "its silence is seen")
    told = source.snapshot()
    btc, eth = told.markets
    assert (btc.ready, btc.waits_for, eth.ready) == (True, "", False)
    assert eth.waits_for.startswith("mark_price silent for 5.")
    first, second = told.strategies
    assert (first.state, first.ready, first.waits_for) == (f"holding: {OTHER} is not ready", True, "")
    assert (second.state, second.ready) == (f"lost: {OTHER}: {eth.waits_for}", False)
    connector.components.gates.shut("user_stream_initialized", "cut")
    assert source.waits() == {PAIR: "user stream initialized (cut)", OTHER: eth.waits_for}


async def test_of_several_strategies_one_that_is_paused_or_broke_says_so_alone(connector: PerpetualDerivative) -> None:
    source = StatusSource(connector, Accounting(PAIR, "USDT"), PAIR)
    works = StrategyFacts("btc", "mine", (PAIR,), 0, 0)
    paused, broken = replace(works, name="paused", is_paused=True), replace(works, name="broken", fault="ValueError")
    waits = replace(works, name="waits", holds="a side of the book is empty")
    source.strategies = lambda: (works, paused, broken, waits)
    assert {row.name: row.state for row in source.snapshot().strategies} == {
        "btc": "ready", "paused": "paused: by pause --strategy", "broken": "ended: ValueError",
        "waits": "holding: a side of the book is empty",
    }  # fmt: skip
    connector.openings.shut("the file")
    states = [row.state for row in source.snapshot().strategies if row.name != "broken"]
    assert states == ["paused: the gate openings is shut by the file"] * 3


async def test_a_connector_that_has_not_begun_can_be_asked_too(venue: LocalExchange) -> None:
    early = connect(venue)
    source = StatusSource(early, Accounting(PAIR), PAIR)
    source.phase = Phase.STARTING
    told = source.snapshot()
    assert told.state.state is RunState.STARTING
    assert (told.markets, told.positions, told.result) == ((), (), None)
    json.dumps(told.to_json())
