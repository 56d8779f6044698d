"""Funding: intervals, caps, settled rates, and what is told when they change."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from connector.core.event_tags import MarketEvent
from connector.core.events import FundingRateChangedEvent
from connector.core.funding_info import FundingChange
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready, until
from tests.companions.virtual_time import loop_clock


@pytest.fixture
async def settling() -> AsyncIterator[LocalExchange]:
    settings = SimulatorSettings(background=False, funding_first_s=5, funding_interval_s=4, clock=loop_clock())
    async with LocalExchange(settings) as exchange:
        Trader(exchange).make_market()
        yield exchange


@pytest.fixture
async def following(settling: LocalExchange) -> AsyncIterator[tuple[PerpetualDerivative, EventLog]]:
    derivative = connect(settling)
    log = EventLog(derivative)
    await ready(derivative)
    yield derivative, log
    await derivative.stop_network()


def told(log: EventLog, change: FundingChange) -> list[FundingRateChangedEvent]:
    rows = [event for event in log.funding if isinstance(event, FundingRateChangedEvent)]
    return [event for event in rows if change in event.change]


async def test_a_settlement_moves_the_next_time_and_its_rate_is_read(
    following: tuple[PerpetualDerivative, EventLog], settling: LocalExchange
) -> None:
    connector, log = following
    await until(lambda: len(told(log, FundingChange.NEXT_TIME)) >= 2, "the next time moved on")
    first, event = told(log, FundingChange.NEXT_TIME)[:2]
    assert (event.trading_pair, event.tag) == (PAIR, MarketEvent.FundingRateChanged)
    assert event.next_funding_utc_timestamp == pytest.approx(first.next_funding_utc_timestamp + 4, abs=0.2)
    await until(lambda: len(connector.get_funding_terms(PAIR).settled) >= 1, "the settled rate")
    listed = settling.engine.settlements
    first = next(row for row in listed if row.symbol == SYMBOL)
    read = connector.get_funding_terms(PAIR).settled[0]
    assert (read.time_ms, read.rate) == (first.funding_ms, Decimal(first.rate_e8).scaleb(-8))


async def test_interval_and_caps_are_the_exchanges_word(following: tuple[PerpetualDerivative, EventLog]) -> None:
    connector, log = following
    await until(lambda: connector.get_funding_terms(PAIR).interval_s > 0, "the interval")
    terms = connector.get_funding_terms(PAIR)
    assert (terms.trading_pair, terms.interval_s) == (PAIR, 8 * 3600)
    assert (terms.rate_cap, terms.rate_floor) == (Decimal("0.02"), Decimal("-0.02"))
    assert [event.interval_s for event in told(log, FundingChange.INTERVAL)] == [8 * 3600]


async def test_the_rate_is_told_when_it_changes(following: tuple[PerpetualDerivative, EventLog]) -> None:
    connector, log = following
    event = told(log, FundingChange.RATE)[0]
    assert event.rate is not None
    assert event.timestamp > 0
    row = connector.components.feed.symbols[SYMBOL].funding
    assert 0 < row.countdown_ms(connector.components.gateway.venue_ms()) <= 5_000


async def test_questions_about_funding_stay_far_below_their_limit(
    following: tuple[PerpetualDerivative, EventLog], settling: LocalExchange
) -> None:
    connector, _ = following
    await until(lambda: bool(connector.get_funding_terms(PAIR).settled), "a settlement")
    from connector.simulator.access.rate_limits import FUNDING

    assert settling.runtime.rate_limits.used(FUNDING, settling.runtime.now_ms()) <= 12


async def test_an_interval_that_the_exchange_changes_is_followed_and_told(
    following: tuple[PerpetualDerivative, EventLog], settling: LocalExchange
) -> None:
    connector, log = following
    await until(lambda: connector.get_funding_terms(PAIR).interval_s == 8 * 3600, "the interval of the start")
    settling.engine.listing(SYMBOL).mark_price.funding.adjust(settling.runtime.now_ms(), hours=4)
    await until(lambda: connector.get_funding_terms(PAIR).interval_s == 4 * 3600, "the new interval")
    assert [event.interval_s for event in told(log, FundingChange.INTERVAL)] == [8 * 3600, 4 * 3600]
