"""Hummingbot's arbitrage between spot and perpetual: the spot leg is a stand-in, the perpetual one is ours."""

from decimal import Decimal
from typing import Any

from hummingbot.connector.test_support.mock_paper_exchange import MockPaperExchange
from hummingbot.core.clock import Clock, ClockMode
from hummingbot.strategy.market_trading_pair_tuple import MarketTradingPairTuple
from hummingbot.strategy.spot_perpetual_arbitrage.spot_perpetual_arbitrage import (
    SpotPerpetualArbitrageStrategy,
    StrategyState,
)

from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, until
from tests.hummingbot.host import Heard, open_there, ticking

D = Decimal


def spot_at(price: float, spot: Any) -> None:
    spot.set_balanced_order_book(PAIR, price, price - 100, price + 100, 1, 1)


async def test_both_legs_open_and_close_as_prices_part_and_meet(idle: Any, heard: Heard, venue: LocalExchange) -> None:
    spot = MockPaperExchange()
    spot_at(59_000, spot)
    spot.set_balance("BTC", D(10))
    spot.set_balance("USDT", D(1_000_000))
    strategy = SpotPerpetualArbitrageStrategy()
    legs = [MarketTradingPairTuple(market, PAIR, "BTC", "USDT") for market in (spot, idle)]
    strategy.init_params(*legs, D("0.1"), 5, D("0.005"), D("0.005"), next_arbitrage_opening_delay=3_600)
    strategy.apply_initial_settings()
    clock = Clock(ClockMode.REALTIME, tick_size=0.2)
    for part in (spot, idle, strategy):
        clock.add_iterator(part)
    async with ticking(clock):
        await until(lambda: strategy.strategy_state is StrategyState.Opened, "both legs open", within_s=30)
        assert idle.account_positions[PAIR].amount == D("-0.1")
        assert idle.exchange.get_leverage(PAIR) == 5
        spot_at(61_000, spot)
        await until(lambda: strategy.strategy_state is StrategyState.Closed, "both legs closed", within_s=30)
        assert idle.account_positions == {}
    await idle.stop_network()
    assert [name for name in heard.names() if name.endswith("Completed")] == ["SellOrderCompleted", "BuyOrderCompleted"]
    assert open_there(venue) == set()
