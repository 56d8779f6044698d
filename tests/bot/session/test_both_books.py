"""The bot's books beside the exchange's own, over real sockets."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from connector.bot.report.accounting import Accounting, PaidElsewhere
from connector.bot.session.both_books import BothBooks
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.fixed_point import to_e8
from connector.simulator.market.orders import BUY, MARKET, OrderRequest
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.exchange.funding_days import EIGHT_HOURS, HOUR_S, booked, nail, paid
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready, until
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time

D = Decimal


@pytest.fixture
async def books(connector: PerpetualDerivative) -> BothBooks:
    made = BothBooks(connector, Accounting(PAIR), loop_clock(), lambda: {"damage": 0})
    await made.open()
    return made


async def bought(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)


async def test_the_books_of_a_day_agree_once_the_exchange_was_asked(
    connector: PerpetualDerivative, log: EventLog, books: BothBooks
) -> None:
    await bought(connector, log)
    section = await books.settled(10)
    assert (section.asked, section.agrees, section.differences) == (True, True, ())
    assert (section.bot.fills, section.exchange.fills) == (1, 1)
    assert section.bot.fees == section.exchange.fees > 0
    assert (books.asset, section.journal) == ("USDT", {"damage": 0})


async def test_books_that_do_not_agree_are_asked_for_until_the_time_is_up_and_told_as_they_are(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, books: BothBooks
) -> None:
    await bought(connector, log)
    venue.act(lambda engine, _: engine.accounts[venue.account_id].wallets.update({"BNB": to_e8(D("0.25"))}))
    begun_ms = loop_clock().monotonic_ms()
    section = await books.settled(3)
    assert 3_000 <= loop_clock().monotonic_ms() - begun_ms < 6_000
    assert section.asked
    assert not section.agrees
    assert section.residuals["BNB"] == D("0.25")


async def test_an_exchange_that_does_not_answer_leaves_what_it_last_told(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, books: BothBooks
) -> None:
    await bought(connector, log)
    await venue.stop()
    section = await books.settled(2)
    assert not section.asked
    assert section.exchange.position == D("0.010")


async def test_a_payment_that_was_booked_while_the_bot_started_is_in_neither_column_though_it_is_told_later() -> None:
    terms = SimulatorSettings(background=False, clock=loop_clock(), **EIGHT_HOURS)  # type: ignore[arg-type]
    async with LocalExchange(terms) as venue:
        Trader(venue).make_market()
        held = OrderRequest(SYMBOL, BUY, MARKET, D("0.010"), D(0))
        venue.act(lambda engine, now_ms: engine.place(venue.account_id, held, now_ms))
        nail(venue, "0.002")
        await asyncio.sleep(HOUR_S - 6)
        connector = connect(venue)
        await ready(connector)
        log = EventLog(connector)
        await until(lambda: len(booked(venue)) > 0, "a payment")
        await asyncio.sleep(1)
        assert paid(log) == []
        books = BothBooks(connector, Accounting(PAIR), loop_clock(), dict)
        await books.open()
        await log.waits_for(MarketEvent.FundingPaymentCompleted)
        section = await books.settled(10)
        await connector.stop_network()
        assert (section.agrees, section.differences) == (True, ())
        assert (section.bot.funding, section.exchange.funding) == (0, 0)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"name": "slow_answer", "ms": 1_500, "path": "/fapi/v1/income"}, id="the account book is slow"),
        pytest.param({"name": "service_unavailable", "path": "/fapi/v1/fundingRate"}, id="no rates are told"),
    ],
)
async def test_a_payment_of_the_last_moment_stands_in_both_columns(fault: dict[str, Any]) -> None:
    """Nobody has asked for it before the stop, and what tells of it or of its rate is in a bad way."""
    terms = SimulatorSettings(background=False, clock=loop_clock(), **EIGHT_HOURS)  # type: ignore[arg-type]
    async with LocalExchange(terms) as venue:
        Trader(venue).make_market()
        connector = connect(venue)
        await ready(connector)
        log = EventLog(connector)
        books = BothBooks(connector, Accounting(PAIR), loop_clock(), dict)
        await books.open()
        await bought(connector, log)
        nail(venue, "0.002")
        venue.faults.arm(times=10_000, method="GET", **fault)
        venue.faults.arm("lost_user_event", times=10_000, event="ACCOUNT_UPDATE")
        venue.faults.arm("silent_stream", ms=600_000, stream=f"{SYMBOL.lower()}@markPrice@1s")
        await until(lambda: len(booked(venue)) > 0, "a payment", 2 * HOUR_S)
        assert paid(log) == []
        section = await books.settled(10)
        await connector.stop_network()
        assert (section.agrees, section.differences) == (True, ())
        assert section.bot.funding == section.exchange.funding == sum(booked(venue)) != 0


async def test_of_many_fees_in_another_asset_each_look_values_some_however_slow_the_answers_are(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    accounting = Accounting(PAIR)
    books = BothBooks(connector, accounting, loop_clock(), dict)
    await books.open()
    now_ms = connector.venue_time_ms()
    accounting.unvalued = [PaidElsewhere("BNB", D("0.001"), now_ms - 60_000 * age) for age in range(40, 0, -1)]
    accounting.figures.other_fees["BNB"] = D("0.04")
    venue.faults.arm("slow_answer", times=10_000, ms=60, method="GET", path="/fapi/v1/indexPriceKlines")
    await books.settled(5)
    assert accounting.unvalued == []
    assert accounting.close(0).fees_value is not None
