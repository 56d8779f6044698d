"""The ticker's lead over depth, and whether the two agree."""

import asyncio
from decimal import Decimal

from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.market_data.ticker_lead import LeadFigures, TickerLead
from connector.simulator.market.orders import BUY
from tests.companions.local_trading import SYMBOL, Trader, until

A = ((Decimal(99), Decimal(1)), (Decimal(101), Decimal(1)))
B = ((Decimal(99), Decimal(2)), (Decimal(101), Decimal(1)))


def test_a_ticker_leads_until_depth_covers_its_id() -> None:
    lead = TickerLead()
    lead.on_ticker(10, A, 1_000)
    lead.on_ticker(12, B, 1_040)
    lead.on_depth(11, A, 1_050)
    lead.on_depth(15, B, 1_100)
    lead.on_ticker(14, B, 1_101)
    lead.on_ticker(16, A, 1_500)
    assert lead.figures == LeadFigures(2, 1, 60, 60, compared=2, disagreements=0)


def test_a_touch_that_differs_at_the_same_id_is_a_disagreement() -> None:
    lead = TickerLead()
    lead.on_ticker(10, A, 0)
    lead.on_depth(11, B, 50)
    lead.on_ticker(12, A, 400)
    assert (lead.figures.compared, lead.figures.disagreements) == (1, 1)


def test_a_ticker_that_comes_late_still_tells_of_its_own_event() -> None:
    lead = TickerLead()
    lead.on_ticker(10, A, 0)
    lead.on_depth(11, B, 50)
    lead.on_ticker(13, A, 60)
    lead.on_ticker(11, B, 61)
    lead.on_ticker(15, A, 400)
    assert (lead.figures.compared, lead.figures.disagreements) == (1, 0)


def test_what_does_not_follow_is_not_compared() -> None:
    lead = TickerLead()
    lead.on_ticker(10, A, 0)
    lead.forget()
    lead.on_depth(11, B, 50)
    lead.on_ticker(12, A, 400)
    assert lead.figures == LeadFigures(0, 0, None, None, 0, 0)


async def test_a_live_feed_is_measured_a_second_in_ten(connector: PerpetualDerivative, trader: Trader) -> None:
    leads = connector.components.streams.books.leads
    await until(lambda: not leads.is_measuring, "the first second is over", 5)
    await until(lambda: leads.is_measuring, "the next second that is measured", 15)
    for step in range(60):
        trader.quote(BUY, f"{59_991 + step * 0.1:.1f}", "0.1")
        await asyncio.sleep(0.05)
    figures = connector.components.streams.books.leads.figures(SYMBOL)
    assert figures.leads > 3 and figures.compared >= 1
    assert figures.disagreements == 0
    assert figures.median_ms is not None and 0 <= figures.median_ms <= 300
