"""Funding payments: whole milliseconds, and no two alike, since the recorder knows them by their time alone."""

from decimal import Decimal
from typing import Any

from connector.adapters.hummingbot.payments import Payments
from connector.core.events import FundingPaymentCompletedEvent
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL
from tests.hummingbot.host import Heard

D = Decimal


def payment(pair: str, timestamp: float) -> FundingPaymentCompletedEvent:
    return FundingPaymentCompletedEvent(timestamp, "binance_perpetual_local", pair, D("-1.5"), D("0.0001"), "USDT")


def test_payments_of_several_pairs_at_one_time_have_times_of_their_own() -> None:
    payments = Payments()
    told = [payments.told(payment(pair, 1_700_000_000.001), "mine") for pair in ("BTC-USDT", "ETH-USDT", "SOL-USDT")]
    assert [row.timestamp for row in told] == [1_700_000_000_001, 1_700_000_000_002, 1_700_000_000_003]
    assert all(isinstance(row.timestamp, int) and row.market == "mine" for row in told)
    assert [row.trading_pair for row in told] == ["BTC-USDT", "ETH-USDT", "SOL-USDT"]


async def test_a_settlement_is_told_once_with_what_was_paid(bot: Any, heard: Heard, venue: LocalExchange) -> None:
    bot.buy(PAIR, D("0.1"), price=D(60_010))
    await heard.waits_for("BuyOrderCompleted")
    before = venue.engine.accounts[venue.account_id].wallets["USDT"]
    venue.act(lambda engine, now_ms: engine.settle_funding(engine.listing(SYMBOL), now_ms, now_ms))
    paid = venue.engine.accounts[venue.account_id].wallets["USDT"] - before
    told = await heard.waits_for("FundingPaymentCompleted")
    assert told.amount == D(paid).scaleb(-8) != 0
    assert (told.trading_pair, told.market) == (PAIR, bot.name)
    assert len(heard.of("FundingPaymentCompleted")) == 1
