"""Runs the controllers that its settings name; each connector gets the mode and the leverage that they ask for."""

from hummingbot.strategy.strategy_v2_base import StrategyV2Base, StrategyV2ConfigBase
from hummingbot.strategy_v2.models.executor_actions import CreateExecutorAction, StopExecutorAction


class ControllersConfig(StrategyV2ConfigBase):
    script_file_name: str = "v2_with_controllers.py"
    max_global_drawdown_quote: float | None = None
    max_controller_drawdown_quote: float | None = None


class Controllers(StrategyV2Base):
    def apply_initial_setting(self) -> None:
        for controller in self.controllers.values():
            wanted = controller.config
            connector = self.connectors[wanted.connector_name]
            connector.set_position_mode(wanted.position_mode)
            connector.set_leverage(wanted.trading_pair, wanted.leverage)

    def create_actions_proposal(self) -> list[CreateExecutorAction]:
        return []

    def stop_actions_proposal(self) -> list[StopExecutorAction]:
        return []
