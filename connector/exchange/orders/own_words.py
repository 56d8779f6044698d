"""What is said of an order where the venue itself said nothing: as reports of our own, and as refusals to send."""

from connector.core.faults import Blame, Fate, Fault, FaultRule, Retry
from connector.core.order_ends import Rejection
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.orders.in_flight_order import InFlightOrder


def own_word(
    order: InFlightOrder, status: OrderStatus, fault: Fault | None = None, rejection: Rejection | None = None
) -> OrderReport:
    """A report of our own about an order."""
    return OrderReport(
        source=ReportSource.ERROR if fault else ReportSource.LOCAL,
        status=status,
        symbol=order.symbol,
        client_order_id=order.client_order_id,
        fault=fault,
        rejection=rejection,
    )


def not_sent(why: str, blame: Blame = Blame.REQUEST) -> FaultRule:
    """The refusal of a request that never left."""
    return FaultRule(Fate.NEVER_LIVED, Retry.NEVER, blame, f"not sent: {why}")
