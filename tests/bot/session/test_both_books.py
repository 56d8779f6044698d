"""The bot's books beside the exchange's own, over real sockets."""

from decimal import Decimal

import pytest

from connector.bot.report.accounting import Accounting
from connector.bot.session.both_books import BothBooks
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.fixed_point import to_e8
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time

D = Decimal


@pytest.fixture
async def books(connector: PerpetualDerivative) -> BothBooks:
    made = BothBooks(connector, PAIR, Accounting(PAIR), loop_clock(), lambda: {"damage": 0})
    await made.open(SYMBOL, "USDT")
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
