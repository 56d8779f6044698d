"""The account, and what an object that nobody started answers."""

from decimal import Decimal
from typing import Any

import pytest
from hummingbot.core.data_type.common import OrderType, PositionAction, TradeType
from hummingbot.core.data_type.order_candidate import PerpetualOrderCandidate

from connector.simulator.market.orders import SELL
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, Trader, until
from tests.hummingbot.host import Heard, buy, new_connector

D = Decimal


async def test_balances_are_the_exchanges_and_move_with_orders(bot: Any, heard: Heard) -> None:
    assert bot.get_balance("USDT") == bot.get_all_balances()["USDT"] == D(10_000)
    free = bot.get_available_balance("USDT")
    bot.set_leverage(PAIR, 10)
    await until(lambda: bot.ready and bot.get_leverage(PAIR) == 10, "the leverage")
    buy(bot, amount="0.1", price=D(59_000))
    assert bot.get_available_balance("USDT") < free - D(500)
    assert bot.available_balances["USDT"] == bot.get_available_balance("USDT")


async def test_the_users_own_limit_bounds_what_is_available(venue: LocalExchange, trader: Trader) -> None:
    connector = new_connector(venue, PAIR)
    connector._balance_asset_limit = {connector.name: {"USDT": D(100)}}
    await connector._update_balances()
    assert connector.get_available_balance("USDT") == 100


async def test_balances_and_positions_of_an_object_that_is_not_started(
    bot: Any, heard: Heard, venue: LocalExchange
) -> None:
    bot.buy(PAIR, D("0.1"), OrderType.MARKET, D("NaN"))
    await heard.waits_for("BuyOrderCompleted")
    other = new_connector(venue)
    await other._update_balances()
    assert other.get_all_balances()["USDT"] == bot.get_balance("USDT")
    await other._update_positions()
    position = other.account_positions[PAIR]
    assert (position.amount, position.entry_price, position.position_side.name) == (D("0.1"), D(60_010), "LONG")


async def test_a_wrong_key_says_so_when_balances_are_asked_for(venue: LocalExchange) -> None:
    name = "binance_perpetual_pro_testnet"
    connector = new_connector(venue, name=name)
    with pytest.raises(Exception, match="no API key"):
        await connector._update_balances()


async def test_rules_symbols_and_prices_need_neither_a_start_nor_a_key(venue: LocalExchange, trader: Trader) -> None:
    connector = new_connector(venue, trading=False)
    pairs = await connector.all_trading_pairs()
    assert {PAIR, "ETH-USDT"} <= set(pairs)
    await connector._update_trading_rules()
    assert set(connector.trading_rules) == set(pairs)
    rule = connector.trading_rules[PAIR]
    assert (rule.min_price_increment, rule.min_base_amount_increment) == (D("0.1"), D("0.001"))
    assert rule.min_notional_size > 0
    assert (rule.buy_order_collateral_token, connector.get_sell_collateral_token(PAIR)) == ("USDT", "USDT")
    assert await connector.exchange_symbol_associated_to_pair(PAIR) == "BTCUSDT"
    assert await connector.trading_pair_associated_to_exchange_symbol("BTCUSDT") == PAIR
    prices = await connector.get_last_traded_prices([PAIR, "ETH-USDT"])
    assert set(prices) == {PAIR, "ETH-USDT"} and all(price > 0 for price in prices.values())


async def test_the_budget_checker_of_theirs_takes_it(bot: Any) -> None:
    candidate = PerpetualOrderCandidate(
        PAIR, True, OrderType.LIMIT, TradeType.BUY, D("900"), D(59_000), leverage=D(1), position_close=False
    )
    assert bot.budget_checker.adjust_candidate(candidate, all_or_none=True).amount == 0
    candidate.amount = D("0.01")
    assert bot.budget_checker.adjust_candidate(candidate, all_or_none=True).amount == D("0.01")


async def test_estimated_fees_are_the_accounts_own(bot: Any) -> None:
    rate = bot.exchange.get_commission_rate(PAIR)
    asked = "BTC", "USDT", OrderType.LIMIT, TradeType.BUY, PositionAction.OPEN, D(1), D(60_000)
    assert bot.get_fee(*asked, is_maker=True).percent == rate.maker
    assert bot.get_fee(*asked, is_maker=False).percent == rate.taker
    assert bot.get_fee("ETH", *asked[1:], is_maker=False).percent == D("0.0005")


async def test_funding_is_told_in_whole_seconds(bot: Any) -> None:
    info = bot.get_funding_info(PAIR)
    assert isinstance(info.next_funding_utc_timestamp, int)
    assert info.mark_price > 0 and info.index_price > 0 and info.trading_pair == PAIR


async def test_pairs_come_and_go_while_it_runs(bot: Any, trader: Trader) -> None:
    assert await bot.add_trading_pair("ETH-USDT")
    assert not await bot.add_trading_pair("ETH-USDT")
    await until(lambda: "ETH-USDT" in bot.order_books, "its book")
    assert bot.get_funding_info("ETH-USDT").mark_price > 0
    assert await bot.remove_trading_pair("ETH-USDT")
    assert bot.trading_pairs == [PAIR]


async def test_a_pair_with_something_at_stake_stays(bot: Any, heard: Heard) -> None:
    buy(bot)
    await heard.waits_for("BuyOrderCreated")
    assert not await bot.remove_trading_pair(PAIR)
    assert bot.trading_pairs == [PAIR]


async def test_a_position_is_worth_what_the_mark_of_now_makes_of_it(
    bot: Any, heard: Heard, venue: LocalExchange
) -> None:
    bot.buy(PAIR, D("0.1"), OrderType.MARKET, D("NaN"))
    await heard.waits_for("BuyOrderCompleted")
    before = bot.account_positions[PAIR].unrealized_pnl
    Trader(venue).take(SELL, "1")
    await until(lambda: bot.account_positions[PAIR].unrealized_pnl != before, "another mark")
    position, mark = bot.account_positions[PAIR], bot.get_funding_info(PAIR).mark_price
    assert position.unrealized_pnl == (mark - position.entry_price) * D("0.1")
