"""What stands for the limits is one set, and asks the budget only where that is wanted."""

from connector.config.connector_settings import ConnectorSettings
from connector.core.clock import ManualClock
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.risk_assembly import order_judges
from tests.companions.local_trading import PAIR


async def test_one_set_of_limits_is_asked_by_all_ways(connector: PerpetualDerivative) -> None:
    parts = connector.components
    assert parts.entry.limits is parts.modifications._permit.limits is parts.risk._sources.limits
    assert parts.risk.bounds is parts.entry.limits.bounds


async def test_the_budget_is_asked_unless_the_setting_says_no(connector: PerpetualDerivative) -> None:
    budget = connector.components.budget
    asked, _ = order_judges(ConnectorSettings(), budget, ManualClock())
    assert asked == budget.unpaid
    silent, limits = order_judges(
        ConnectorSettings.model_validate({"check_budget": False, "max_position": 2}), budget, ManualClock()
    )
    assert silent != budget.unpaid and limits.bounds.most_of(PAIR.split("-")[0]) == 2
