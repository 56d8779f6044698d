"""A controller that quotes: a position executor for each level that its base class asks for."""

from decimal import Decimal

from hummingbot.strategy_v2.controllers.market_making_controller_base import (
    MarketMakingControllerBase,
    MarketMakingControllerConfigBase,
)
from hummingbot.strategy_v2.executors.position_executor.data_types import PositionExecutorConfig


class QuotingConfig(MarketMakingControllerConfigBase):
    controller_name: str = "pmm_simple"


class Quoting(MarketMakingControllerBase):
    def get_executor_config(self, level_id: str, price: Decimal, amount: Decimal) -> PositionExecutorConfig:
        own = self.config
        return PositionExecutorConfig(
            timestamp=self.market_data_provider.time(),
            connector_name=own.connector_name,
            trading_pair=own.trading_pair,
            side=self.get_trade_type_from_level_id(level_id),
            level_id=level_id,
            entry_price=price,
            amount=amount,
            leverage=own.leverage,
            triple_barrier_config=own.triple_barrier_config,
        )
