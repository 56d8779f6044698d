"""The live table and the plain line."""

import asyncio
import io
from decimal import Decimal

import pytest
from rich.console import Console

from connector.bot.report.accounting import Accounting
from connector.bot.report.snapshot import LimitStatus
from connector.bot.report.status import Status
from connector.bot.report.status_source import StatusSource
from connector.core.enums import OrderType, OrderWay
from connector.core.event_tags import MarketEvent
from connector.core.twins import TWINS_IN_USE
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, until

pytestmark = pytest.mark.virtual_time

D = Decimal


def status_of(
    connector: PerpetualDerivative, books: Accounting | None = None, data_of: str = "", pair: str = PAIR
) -> Status:
    """Of a bot whose books were opened now."""
    source = StatusSource(connector, books or Accounting(pair, "USDT"), pair, data_of)
    source.begin()
    return Status(source)


def shown(status: Status, connector: PerpetualDerivative, width: int = 130) -> str:
    console = Console(file=io.StringIO(), width=width, record=True)
    console.print(status.table(connector.components.clock.now_ms(), width))
    return console.export_text()


async def test_the_table_shows_market_quotes_position_and_health(connector: PerpetualDerivative, log: EventLog) -> None:
    books = Accounting(PAIR)
    for tag in Accounting.TAGS:
        connector.add_listener(tag, books.on_event)
    status = status_of(connector, books)
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D("59980.5"))
    connector.sell(PAIR, D("0.004"), OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: PAIR in connector.account_positions, "the position")
    text = shown(status, connector)
    for words in ("BTC-USDT", "quoting", "59,990.0", "60,010.0", "0.01 @ 59,980.5", "-0.004 BTC @ 59,990.0",
                  "0 buys, 1 sells", "equity", "wallet", "unrealised", "margin ratio", "liquidation", "% away",
                  "spread captured", "inventory", "volume 239.9600 USDT", "mark", "rate", "next in", "depth",
                  "request weight", "orders", TWINS_IN_USE):  # fmt: skip
        assert words in text, words
    assert len(text.splitlines()) <= 23, "it fits a terminal of 24 rows"
    narrow = shown(status, connector, 80)
    assert all(len(line) <= 80 for line in narrow.splitlines())
    assert len(narrow.splitlines()) <= 22, "it fits a terminal of 24 rows"
    for words in ("59,990", "60,010", "0.01 @ 59,980.5", "-0.004 BTC @ 59,990.0", "0 buys, 1 sells", "rate", "weight"):
        assert words in narrow, words
    line = status.line()
    assert "fills 0 buys 1 sells" in line
    assert "position -0.004 @ 59,990.0 (liquidation " in line
    for words in ("volume 239.9600", "equity", "wallet", "margin ratio 0.0", "result", "runs for 0:00:"):
        assert words in line, words


async def test_it_shows_by_which_way_orders_go(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    status = status_of(connector)
    assert "WS-API" in shown(status, connector)
    assert "orders by" not in status.line()
    venue.faults.arm("ws_api_down", ms=60_000)
    await until(lambda: connector.order_way()[0] is OrderWay.REST, "heard of")
    await until(lambda: "503" in status.line(), "its handshake is refused")
    for text in (shown(status, connector), status.line()):
        assert "REST (WS-API for orders: WS-API handshake [HTTP 503] the service is unavailable" in text


async def test_a_connector_that_waits_says_for_what(connector: PerpetualDerivative) -> None:
    status = status_of(connector)
    connector.components.streams.mark_trades.stream.drop("cut by hand")
    await until(lambda: not connector.ready, "lost")
    for text in (status.line(), shown(status, connector)):
        assert "lost: funding info (" in text
        assert "cut by hand" in text


@pytest.mark.parametrize("own_settings", [{"check_budget": False}])
async def test_what_is_refused_and_what_is_kept_back_is_shown_with_its_reason(connector: PerpetualDerivative) -> None:
    status = status_of(connector)
    assert "refused" not in status.line()
    for _ in range(4):
        connector.buy(PAIR, D("90"), OrderType.LIMIT, D(59_000))
        await asyncio.sleep(0.1)
    connector.openings.shut("the desk")
    for text in (status.line(), " ".join(shown(status, connector).split())):
        assert "paused: the gate openings is shut by the desk" in text
        assert "the account paused: POST /fapi/v1/order [-2019]" in text
        assert "refused 3 x -2019" in text


async def test_a_pair_that_does_not_trade_is_shown_as_such_though_all_is_ready(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    status = status_of(connector)
    venue.act(lambda engine, now_ms: engine.set_status("BTCUSDT", "TRADING_HALT"))
    await until(lambda: not connector.trading_rules[PAIR].is_trading, "known")
    assert connector.ready
    assert "halted: the exchange takes no orders of the pair (TRADING_HALT)" in status.line()
    assert "halted: the exchange takes no orders of the pair (TRADING_HALT)" in shown(status, connector)


async def test_a_dry_run_is_told_in_the_table_and_in_the_line(connector: PerpetualDerivative) -> None:
    dry = status_of(connector, data_of="binance_perpetual")
    for width in (130, 80):
        assert "DRY RUN on the data of binance_perpetual" in shown(dry, connector, width)
    assert dry.line().startswith("DRY RUN on the data of binance_perpetual  BTC-USDT ")
    assert "DRY RUN" not in status_of(connector).line()


async def test_limits_of_the_user_are_shown_with_use_and_bound(connector: PerpetualDerivative) -> None:
    source = StatusSource(connector, Accounting(PAIR, "USDT"), PAIR)
    source.begin()
    source.limits = lambda: (
        LimitStatus("max_drawdown", D("0.0458757989351357"), D(10), "% of equity"),
        LimitStatus("max_position", D("0.5"), D("0.5"), "BTC", "nothing opens"),
    )
    text = " ".join(shown(Status(source), connector).split())
    assert "bounds │ max_drawdown 0.045 of 10 % of equity max_position 0.5 of 0.5 BTC: nothing opens" in text
