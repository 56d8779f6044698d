"""Funding over a restart and beside an account book that is silent: each payment once, and nothing waits for it."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from connector.core.enums import OrderType, PositionAction
from connector.core.event_tags import MarketEvent
from connector.exchange.account import venue_api
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.exchange.funding_days import EIGHT_HOURS, HOUR_S, booked, nail, paid
from tests.companions.local_trading import PAIR, SYMBOL, Trader, until
from tests.companions.store.lives import life
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time

D = Decimal


@pytest.fixture
async def hourly() -> AsyncIterator[LocalExchange]:
    """An exchange with a market, whose first settlement comes after an hour."""
    terms = SimulatorSettings(background=False, clock=loop_clock(), **EIGHT_HOURS)  # type: ignore[arg-type]
    async with LocalExchange(terms) as venue:
        Trader(venue).make_market()
        yield venue


async def test_what_was_settled_while_nothing_ran_is_told_once_and_not_by_the_forecast_of_now(
    hourly: LocalExchange, tmp_path: Path
) -> None:
    venue = hourly
    async with life(venue, tmp_path / "one") as first:
        first.connector.buy(PAIR, D("0.010"), OrderType.MARKET)
        await first.heard.waits_for(MarketEvent.BuyOrderCompleted)
        left = first.as_killed_now(tmp_path / "two")
    nail(venue, "0.002")
    await asyncio.sleep(2 * HOUR_S)
    nail(venue, "-0.0005")
    async with life(venue, left) as second:
        await until(lambda: bool(paid(second.heard)), "paid", 30)
        payment = paid(second.heard)[0]
        assert (payment.amount, payment.funding_rate) == (booked(venue)[0], D("0.002"))
        assert payment.amount < 0
        await asyncio.sleep(60)
        numbers = [event.income_id for event in paid(second.heard)]
        assert len(numbers) == len(set(numbers))
        left = second.as_killed_now(tmp_path / "three")
    async with life(venue, left) as third:
        await asyncio.sleep(60)
        assert payment.income_id not in {event.income_id for event in paid(third.heard)}


async def test_an_account_book_that_does_not_answer_keeps_nothing_from_trading(
    hourly: LocalExchange, tmp_path: Path
) -> None:
    venue = hourly
    venue.faults.arm("service_unavailable", times=100_000, method="GET", path="/fapi/v1/income")
    async with life(venue, tmp_path / "one") as one:
        connector, log = one.connector, one.heard
        connector.buy(PAIR, D("0.010"), OrderType.MARKET)
        await log.waits_for(MarketEvent.BuyOrderCompleted)
        await asyncio.sleep(10 * HOUR_S)
        venue.faults.arm("cut_sockets")
        await until(lambda: not connector.ready, "the cut is noticed")
        await until(lambda: connector.ready, "ready again")
        connector.sell(PAIR, D("0.010"), OrderType.MARKET, position_action=PositionAction.CLOSE)
        await log.waits_for(MarketEvent.SellOrderCompleted)
        assert paid(log) == []
        venue.faults.arm("service_unavailable", times=0, method="GET", path="/fapi/v1/income")
        await until(lambda: [event.amount for event in paid(log)] == booked(venue), "all are told", 180)


async def test_what_is_caught_up_with_is_read_page_by_page_and_told_once(
    hourly: LocalExchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(venue_api, "_PAGE", 2)
    venue = hourly
    async with life(venue, tmp_path / "one") as first:
        first.connector.buy(PAIR, D("0.010"), OrderType.MARKET)
        await first.heard.waits_for(MarketEvent.BuyOrderCompleted)
        left = first.as_killed_now(tmp_path / "two")
    for number in range(7):
        nail(venue, f"0.000{number + 1}")
        venue.act(lambda engine, now_ms: engine.settle_funding(engine.listing(SYMBOL), now_ms, now_ms))
        await asyncio.sleep(2 if number % 2 else 600)
    async with life(venue, left) as second:
        await until(lambda: len(paid(second.heard)) >= 7, "all are told", 30)
        await asyncio.sleep(60)
        rows = paid(second.heard)
        assert [event.amount for event in rows] == booked(venue)
        settled = [D(row.rate_e8) / 10**8 for row in venue.engine.settlements if row.symbol == SYMBOL]
        assert [event.funding_rate for event in rows] == settled[-len(rows) :]
        assert len(set(settled)) >= 7
