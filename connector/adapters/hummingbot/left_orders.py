"""Orders that an earlier run left: those that nobody saved are cancelled, and of those that were saved is told what
became of them, also where only Hummingbot's half of their state was written down before a kill."""

import logging

from hummingbot.core.data_type.in_flight_order import InFlightOrder as TheirOrder
from hummingbot.core.data_type.in_flight_order import OrderState as TheirState
from hummingbot.core.data_type.trade_fee import TradeFeeSchema

from connector.adapters.hummingbot.order_status import asked_trades, asked_update, symbol_of, trade_updates
from connector.adapters.hummingbot.order_tracker import SynchronousOrderTracker
from connector.core.faults import ConnectorFault, Fate, Fault
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.orders.together import in_groups
from connector.venue.endpoints import MOST_CANCELS_BATCHED

_LOG = logging.getLogger(__name__)


async def cancel_unsaved(exchange: PerpetualDerivative) -> None:
    """Cancels what is open under this tag and tracked by nobody, of every pair: it is of a run that is over. Raises
    `ConnectorFault` where the exchange's list can't be had."""
    tracked = exchange.components.tracker.order
    names: dict[str, list[str]] = {}
    for report in await exchange.venue_api.all_open_orders():
        if exchange.is_own(report.client_order_id) and tracked(report.client_order_id) is None:
            names.setdefault(report.symbol, []).append(report.client_order_id)
    for symbol, listed in names.items():
        for group in in_groups(listed, MOST_CANCELS_BATCHED):
            await _cancel(exchange, symbol, group)


async def tell_saved(exchange: PerpetualDerivative, tracker: SynchronousOrderTracker, fees: TradeFeeSchema) -> None:
    """Brings each order of theirs that may still trade to where it stands. Raises `ConnectorFault` where the exchange
    does not say; what was told by then is told."""
    for order in (*tracker.active_orders.values(), *tracker.lost_orders.values()):
        if exchange.components.tracker.order(order.client_order_id) is None:
            await _tell(exchange, tracker, order, fees)
        else:
            # Its events come by themselves; of a trade that was saved before it was told there is none.
            for trade in trade_updates(exchange, order, fees):
                tracker.take_fill(trade)


async def _tell(
    exchange: PerpetualDerivative, tracker: SynchronousOrderTracker, order: TheirOrder, fees: TradeFeeSchema
) -> None:
    try:
        update = await asked_update(exchange, order)
        if update.new_state in (TheirState.OPEN, TheirState.PARTIALLY_FILLED):
            await _cancel(exchange, await symbol_of(exchange, order.trading_pair), (order.client_order_id,))
            update = await asked_update(exchange, order)
        for trade in await asked_trades(exchange, order, update.exchange_order_id or "", fees):
            tracker.take_fill(trade)
        tracker.take(update)
    except Fault as fault:
        if fault.rule.fate is not Fate.GONE:
            raise
        tracker.fail(order, "the exchange has no such order")


async def _cancel(exchange: PerpetualDerivative, symbol: str, names: tuple[str, ...]) -> None:
    """What befell a request for several must not befall each."""
    by_ids = exchange.components.entry.cancels.cancel_by_ids
    faults = await by_ids(symbol, names)
    if len(names) > 1:
        alone: dict[str, ConnectorFault] = {}
        for name in faults:
            alone |= await by_ids(symbol, (name,))
        faults = alone
    if gone := [name for name in names if name not in faults]:
        _LOG.warning("orders of an earlier run are cancelled: %s", ", ".join(gone))
    for name, fault in faults.items():
        _LOG.warning("%s of an earlier run may still be open: %s", name, fault)
