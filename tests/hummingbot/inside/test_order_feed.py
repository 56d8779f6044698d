"""Fills and fees, as they reach Hummingbot's recorder: those of the exchange, to the last digit."""

from decimal import Decimal
from typing import Any

from hummingbot.core.data_type.common import OrderType, PositionAction

from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import BUY, MARKET, SELL, OrderRequest
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, Trader
from tests.hummingbot.host import Heard, trades_there

D = Decimal


async def test_fees_and_prices_of_every_fill_equal_the_exchanges(
    bot: Any, heard: Heard, venue: LocalExchange, trader: Trader
) -> None:
    for step in range(4):
        trader.quote(SELL, str(60_001 + step), "0.013")
    bot.buy(PAIR, D("0.05"), OrderType.MARKET, D("NaN"))
    await heard.waits_for("BuyOrderCompleted")
    bot.sell(PAIR, D("0.021"), OrderType.LIMIT_MAKER, D("60000.5"), position_action=PositionAction.CLOSE)
    await heard.waits_for("SellOrderCreated")
    trader.take(BUY, "0.021")
    await heard.waits_for("SellOrderCompleted")
    instrument = venue.engine.listing(SYMBOL).instrument
    there = {
        str(row.trade_id): (
            D(instrument.price_text(row.ticks)),
            D(instrument.quantity_text(row.lots)),
            D(row.commission_e8).scaleb(-8),
        )
        for row in trades_there(venue)
    }
    here = {
        fill.exchange_trade_id: (fill.price, fill.amount, fill.trade_fee.flat_fees[0].amount)
        for fill in heard.of("OrderFilled")
    }
    assert here == there and len(here) == 5
    assert {fill.trade_fee.flat_fees[0].token for fill in heard.of("OrderFilled")} == {"USDT"}


async def test_a_fee_in_bnb_is_told_in_bnb(bot: Any, heard: Heard, venue: LocalExchange) -> None:
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, 10 * E8, now_ms, "BNB"))
    await bot.exchange.set_fee_burn(True)
    bot.buy(PAIR, D("0.05"), OrderType.MARKET, D("NaN"))
    filled = await heard.waits_for("OrderFilled")
    assert filled.trade_fee.flat_fees[0].token == "BNB" and filled.trade_fee.flat_fees[0].amount > 0


async def test_what_others_do_on_the_account_is_no_order_of_theirs(
    bot: Any, heard: Heard, venue: LocalExchange
) -> None:
    request = OrderRequest(SYMBOL, BUY, MARKET, D("0.01"), client_order_id="another-hand")
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, request, now_ms))
    bot.buy(PAIR, D("0.02"), OrderType.MARKET, D("NaN"))
    await heard.waits_for("BuyOrderCompleted")
    assert len(heard.of("OrderFilled")) == 1
    assert bot.account_positions[PAIR].amount == D("0.03")
