"""The market without an account: data alone, and paper trading."""

from decimal import Decimal
from typing import Any

import pytest
from hummingbot.client.settings import AllConnectorSettings
from hummingbot.connector.exchange.paper_trade import create_paper_trade_market
from hummingbot.core.data_type.common import OrderType

from connector.simulator.market.orders import BUY
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, Trader, until
from tests.hummingbot.host import LOCAL, hear, new_connector, running

D = Decimal


async def test_an_object_that_does_not_trade_has_books_and_funding_without_a_key(
    venue: LocalExchange, trader: Trader
) -> None:
    connector = new_connector(venue, PAIR, trading=False)
    async with running(connector):
        assert connector.exchange is None
        assert connector.get_mid_price(PAIR) == 60_000
        assert connector.get_funding_info(PAIR).mark_price > 0
        trader.quote(BUY, "59999", "1")
        await until(lambda: connector.get_price(PAIR, False) == 59_999, "the bid")
        assert await connector.add_trading_pair("ETH-USDT")
        assert set(connector.order_books) == {PAIR, "ETH-USDT"}
        assert await connector.remove_trading_pair("ETH-USDT")


async def test_a_pair_that_is_appended_from_outside_is_followed_from_the_start_on(
    venue: LocalExchange, trader: Trader
) -> None:
    connector = new_connector(venue, trading=False)
    connector._trading_pairs.append(PAIR)
    await connector.start_network()
    assert connector.order_book_tracker._order_book_stream_listener_task is not None
    await until(lambda: PAIR in connector.order_book_tracker.order_books, "its book")
    bids, asks = connector.order_book_tracker.order_books[PAIR].snapshot
    assert (len(bids), len(asks)) == (2, 2)
    await connector.stop_network()


async def test_paper_trading_fills_by_the_exchanges_book(venue: LocalExchange, trader: Trader) -> None:
    setting = AllConnectorSettings.get_connector_settings()[LOCAL]
    keys: Any = setting.config_keys
    keys.binance_perpetual_pro_local_exchange = venue.rest
    try:
        paper = create_paper_trade_market(LOCAL, [PAIR])
    finally:
        del keys.__dict__["binance_perpetual_pro_local_exchange"]
    paper.set_balance("BTC", D(1))
    paper.set_balance("USDT", D(100_000))
    heard = hear(paper)
    async with running(paper):
        await until(lambda: paper.ready, "paper trading")
        paper.buy(PAIR, D("0.1"), OrderType.MARKET, D("NaN"))
        await heard.waits_for("BuyOrderCompleted")
        filled = heard.of("OrderFilled")
        assert float(sum(fill.amount for fill in filled)) == pytest.approx(0.1)  # its paper counts in floats
        assert {fill.price for fill in filled} == {D(60_010)}
