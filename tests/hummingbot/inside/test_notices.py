"""What Hummingbot has no event for stands in its log."""

from decimal import Decimal
from typing import Any

import pytest
from hummingbot.core.data_type.common import OrderType

from connector.adapters.hummingbot.notices import notice
from connector.core.account_events import TransferEvent
from connector.core.connection_events import RiskLimitEvent
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, until
from tests.hummingbot.host import Heard

D = Decimal


async def test_a_liquidation_is_in_the_log(
    bot: Any, heard: Heard, venue: LocalExchange, caplog: pytest.LogCaptureFixture
) -> None:
    bot.buy(PAIR, D("0.1"), OrderType.MARKET, D("NaN"))
    await heard.waits_for("BuyOrderCompleted")
    venue.faults.arm("forced_liquidation", symbol=SYMBOL)
    await until(lambda: "Liquidation: trading_pair BTC-USDT" in caplog.text, "the line", within_s=30)


async def test_a_feed_that_is_lost_and_back_is_in_the_log(
    bot: Any, venue: LocalExchange, caplog: pytest.LogCaptureFixture
) -> None:
    venue.faults.arm("cut_sockets")
    await until(lambda: "FeedLost: gate" in caplog.text and "FeedRestored: gate" in caplog.text, "both lines")


async def test_a_limit_that_struck_is_in_the_log(bot: Any, caplog: pytest.LogCaptureFixture) -> None:
    struck = RiskLimitEvent(1.5, "max_loss_of_run", D(370), D(300), "USDT", D(70), closes=False, reason="struck")
    bot.exchange.components.bus.publish((struck,))
    assert "RiskLimit: name max_loss_of_run, use 370, bound 300, unit USDT" in caplog.text


def test_a_line_has_the_figures_in_plain_digits() -> None:
    event = TransferEvent(1.5, "USDT", D("-1E+3"), "TRANSFER")
    assert notice(event) == "Transfer: asset USDT, amount -1000, reason TRANSFER"
