"""What stands for the user's limits in one connector."""

from collections.abc import Awaitable, Callable

from connector.account.budget_checker import BudgetChecker
from connector.account.ledger import Ledger
from connector.config.connector_settings import ConnectorSettings
from connector.core.clock import Clock
from connector.core.intents import OrderIntent
from connector.exchange.account.order_limits import OrderLimits, risk_bounds
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.instance import Instance
from connector.exchange.network.account_watch import Consequences
from connector.exchange.network.limits_file import LimitsFile
from connector.exchange.network.risk_watch import RiskSources, RiskWatch
from connector.exchange.orders.order_entry import OrderEntry


def order_judges(
    settings: ConnectorSettings, budget: BudgetChecker, clock: Clock
) -> tuple[Callable[[OrderIntent], str], OrderLimits]:
    """Who says whether an order can be paid for, and whether it keeps the limits."""
    limits = OrderLimits(risk_bounds(settings), budget.state, clock)
    return budget.unpaid if settings.check_budget else _paid, limits


def _paid(intent: OrderIntent) -> str:
    """Nobody asks the budget."""
    return ""


def risk_watch(
    instance: Instance,
    venue: VenueSide,
    entry: OrderEntry,
    then: Consequences,
    budget: BudgetChecker,
    ledger: Ledger,
    read_transfers: Callable[[], Awaitable[None]],
) -> RiskWatch:
    """Who watches losses and liquidation prices. Raises `ConfigFault` for a file of limits that can't be read."""
    tracker = venue.dispatcher.tracker
    sources = RiskSources(
        entry.limits, ledger, budget, then.gates, then.openings, venue.bus, venue.dispatcher, venue.gateway.venue_ms,
        lambda: tracker.active, entry.cancels.request,
        read_transfers,
    )  # fmt: skip
    return RiskWatch(sources, LimitsFile(instance.limits))
