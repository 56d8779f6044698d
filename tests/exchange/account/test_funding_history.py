"""Funding in any weather: each payment once, by what was settled, and nothing that trades waits for it."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.enums import OrderType, PositionAction, PositionMode
from connector.core.event_tags import MarketEvent
from connector.core.events import FundingPaymentCompletedEvent
from connector.core.secrets import Secret
from connector.exchange.account.payment_asks import ASKED_AFTER_MS
from connector.exchange.assemble import assemble
from connector.net.sign import HmacSigner
from connector.simulator.fixed_point import to_e8
from connector.simulator.market.orders import BUY, LIMIT, MARKET, SELL, OrderRequest
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.venue.domains import LOCAL
from connector.venue.limits import REQUEST_WEIGHT
from tests.companions.exchange.funding_days import EIGHT_HOURS, HOUR_S, booked, nail, paid
from tests.companions.flows.order_weather import Weather, weather
from tests.companions.local_trading import PAIR, EventLog, Trader, connect, ready, until
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time

D = Decimal


async def holds(day: Weather, amount: str = "0.010") -> None:
    day.asked.append(day.connector.buy(PAIR, D(amount), OrderType.MARKET))
    await day.log.waits_for(MarketEvent.BuyOrderCompleted)


async def told(day: Weather, times: int, within_s: float) -> list[FundingPaymentCompletedEvent]:
    await until(lambda: len(paid(day.log)) >= times, f"{times} payments", within_s)
    return paid(day.log)


async def test_a_payment_is_told_with_the_rate_and_the_interval_that_were_settled() -> None:
    async with weather(**EIGHT_HOURS) as day:
        await holds(day)
        nail(day.venue, "0.002")
        await asyncio.sleep(HOUR_S)
        nail(day.venue, "-0.0005")
        (first,) = await told(day, 1, 20)
        assert first.amount == booked(day.venue)[0] < 0
        assert (first.funding_rate, first.asset) == (D("0.002"), "USDT")
        assert first.income_id
        await asyncio.sleep(8 * HOUR_S)
        second = (await told(day, 2, 20))[1]
        assert (second.funding_rate, second.interval_s) == (D("-0.0005"), 8 * HOUR_S)
        assert second.amount > 0, "what is received is above 0"
        await day.clears()


async def test_a_push_that_is_told_twice_is_one_payment() -> None:
    async with weather(**EIGHT_HOURS) as day:
        await holds(day)
        await asyncio.sleep(HOUR_S - 5)
        day.venue.faults.arm("duplicate_user_event", event="ACCOUNT_UPDATE")
        await told(day, 1, 20)
        await asyncio.sleep(300)
        assert len(paid(day.log)) == 1
        await day.clears()


async def test_a_payment_without_a_push_is_told_a_minute_after_its_settlement() -> None:
    async with weather(**EIGHT_HOURS) as day:
        await holds(day)
        await asyncio.sleep(HOUR_S - 5)
        day.venue.faults.arm("lost_user_event", event="ACCOUNT_UPDATE")
        await asyncio.sleep(5 + ASKED_AFTER_MS / 1000 - 2)
        assert paid(day.log) == []
        await told(day, 1, 10)
        await day.clears()


async def test_a_payment_that_the_account_book_shows_late_is_asked_for_again() -> None:
    async with weather(**EIGHT_HOURS) as day:
        await holds(day)
        await asyncio.sleep(HOUR_S - 5)
        day.venue.faults.arm("lagging_trades", ms=100_000)
        await asyncio.sleep(90)
        assert paid(day.log) == []
        await told(day, 1, 60)
        await asyncio.sleep(300)
        assert len(paid(day.log)) == 1
        await day.clears()


async def test_when_the_interval_changes_each_payment_has_the_one_that_it_was_settled_by() -> None:
    async with weather(**EIGHT_HOURS) as day:
        await holds(day)
        nail(day.venue, "0.0001")
        await asyncio.sleep(HOUR_S)
        await asyncio.sleep(8 * HOUR_S + 5)
        nail(day.venue, "0.0003", hours=1)
        await asyncio.sleep(8 * HOUR_S)
        nail(day.venue, "-0.0001")
        await asyncio.sleep(2 * HOUR_S)
        await told(day, 5, 100)
        rows = [(event.funding_rate, event.interval_s / HOUR_S) for event in paid(day.log)]
        assert rows[1:] == [
            (D("0.0001"), 8), (D("0.0003"), 8), (D("-0.0001"), 1), (D("-0.0001"), 1)
        ]  # fmt: skip
        assert [event.amount for event in paid(day.log)] == booked(day.venue)
        await day.clears()


async def test_both_sides_of_a_hedged_pair_are_paid_each_for_itself() -> None:
    """At one moment, and the one what the other gets."""
    async with weather(**EIGHT_HOURS) as day:
        connector = day.connector
        await connector.set_position_mode(PositionMode.HEDGE)
        for side in (connector.buy, connector.sell):
            day.asked.append(side(PAIR, D("0.010"), OrderType.MARKET, position_action=PositionAction.OPEN))
        await day.log.waits_for(MarketEvent.SellOrderCompleted)
        await asyncio.sleep(HOUR_S)
        rows = await told(day, 2, 70)
        assert sorted(event.amount for event in rows) == sorted(booked(day.venue))
        assert sum(event.amount for event in rows) == 0
        assert len({event.income_id for event in rows}) == 2
        await day.clears()


async def test_a_special_payment_is_told_beside_the_regular_one() -> None:
    async with LocalExchange(SimulatorSettings(background=False, clock=loop_clock(), **EIGHT_HOURS)) as venue:  # type: ignore[arg-type]
        signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
        domain = LOCAL.at(venue.rest, venue.stream, venue.ws_api)
        connector = assemble(domain, signer, ("XAU-USDT",), "test01", loop_clock())
        log = EventLog(connector)
        other = venue.admit(D(1_000_000)).account_id
        for side, price in ((BUY, "3999"), (SELL, "4001")):
            request = OrderRequest("XAUUSDT", side, LIMIT, D(5), D(price))
            venue.act(lambda engine, now_ms, request=request: engine.place(other, request, now_ms))
        await ready(connector)
        bought = OrderRequest("XAUUSDT", BUY, MARKET, D(1))
        venue.act(lambda engine, now_ms: engine.place(venue.account_id, bought, now_ms))
        nail(venue, "0.0002", symbol="XAUUSDT")
        await asyncio.sleep(HOUR_S + 70)
        venue.act(lambda engine, now_ms: engine.settle_special("XAUUSDT", to_e8(D("0.004")), now_ms))
        await until(lambda: len(paid(log)) == 2, "both", 60)
        regular, special = paid(log)
        assert (regular.is_special, regular.funding_rate) == (False, D("0.0002"))
        assert (special.is_special, special.funding_rate, special.interval_s) == (True, D("0.004"), 0)
        await connector.stop_network()


async def test_payments_take_a_tenth_of_the_weight_at_most_however_often_is_settled() -> None:
    """An eighth of an interval of eight seconds is a second; the account book is not asked every one of them."""
    async with weather(funding_first_s=8.0, funding_interval_s=8.0) as day:
        await holds(day)
        used = 0
        for _ in range(300):
            await asyncio.sleep(1)
            used = max(used, *(use.used for use in day.connector.limit_use() if use.kind == REQUEST_WEIGHT))
        assert used <= 240 + 300, "a minute, with all that is compared beside"
        await until(lambda: len(paid(day.log)) == len(booked(day.venue)), "all are told", 20)
        assert [event.amount for event in paid(day.log)] == booked(day.venue)


async def test_a_payment_between_two_starts_of_a_connector_without_a_journal_is_told_by_the_second() -> None:
    terms = SimulatorSettings(background=False, clock=loop_clock(), **EIGHT_HOURS)  # type: ignore[arg-type]
    async with LocalExchange(terms) as venue:
        Trader(venue).make_market()
        connector = connect(venue)
        log = EventLog(connector)
        await ready(connector)
        connector.buy(PAIR, D("0.010"), OrderType.MARKET)
        await log.waits_for(MarketEvent.BuyOrderCompleted)
        nail(venue, "0.002")
        await connector.stop_network()
        await asyncio.sleep(HOUR_S + 30)
        assert len(booked(venue)) == 1
        await ready(connector)
        await until(lambda: len(paid(log)) > 0, "a payment", 90)
        await asyncio.sleep(60)
        await connector.stop_network()
        assert [event.amount for event in paid(log)] == booked(venue)
