from decimal import Decimal

import pytest

from connector.core.faults import ArgumentFault
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.server import LocalExchange
from tests.companions.exchange.conditional_scenes import fix_mark
from tests.companions.local_trading import PAIR, SYMBOL, Trader, connect, until

D = Decimal


async def test_touch_and_mark_are_the_markets_own(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    prices = connector.components.prices.prices_of(PAIR)
    assert (prices.best_bid, prices.best_ask) == (D(59_990), D(60_010))
    assert prices.mark == connector.components.prices.mark_price(PAIR) > 0


async def test_before_the_first_frame_nothing_is_made_up(venue: LocalExchange) -> None:
    connector = connect(venue)
    components = connector.components
    components.pair_rules.take(await components.api.instruments())
    components.feed.add(SYMBOL, PAIR)
    assert components.prices.mark_price(PAIR).is_nan()
    assert components.prices.prices_of(PAIR).best_bid.is_nan()
    await connector.stop_network()


async def test_a_pair_that_is_not_traded_is_told_by_name(connector: PerpetualDerivative) -> None:
    with pytest.raises(ArgumentFault, match="trading_pair: 'ETH-USDT': is not traded here; traded are: BTC-USDT"):
        connector.components.prices.feed_of("ETH-USDT")


async def test_prices_are_made_anew_where_one_of_them_moved_and_only_there(
    connector: PerpetualDerivative, venue: LocalExchange, trader: Trader
) -> None:
    told = connector.components.prices.prices_of
    first = told(PAIR)
    trader.quote(BUY, "59000", "1")
    trader.quote(BUY, "59990", "1")
    await until(lambda: connector.components.prices.feed_of(PAIR).book.touch_bid == (D(59_990), D(2)), "the depth")
    assert told(PAIR) is first, "the touch has more, at the same price"
    trader.quote(BUY, "59995", "1")
    await until(lambda: told(PAIR).best_bid == 59_995, "the bid")
    Trader(venue).take(BUY, "0.1")
    await until(lambda: told(PAIR).last == 60_010, "the trade")
    fix_mark(venue, 60_001)
    await until(lambda: told(PAIR).mark == 60_001, "the mark")
    assert told(PAIR) is told(PAIR)
    assert told(PAIR).best_ask == 60_010


async def test_an_empty_side_is_told_as_the_mark_until_it_is_quoted_again(
    connector: PerpetualDerivative, venue: LocalExchange, trader: Trader
) -> None:
    told = connector.components.prices.prices_of
    Trader(venue).take(BUY, "6")
    await until(lambda: connector.components.prices.feed_of(PAIR).book.touch_ask is None, "the empty side")
    assert told(PAIR) is told(PAIR)
    assert told(PAIR).best_ask == told(PAIR).mark
    trader.quote(SELL, "60020", "1")
    await until(lambda: told(PAIR).best_ask == 60_020, "the ask")
