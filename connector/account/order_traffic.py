"""What reports on orders mean for margin, whoever's orders they are: others' open orders on it, and all trades.

A key that others trade with too, by hand or by another program, shares one margin: the venue tells every order of the
account to each of its listeners ("ORDER_TRADE_UPDATE"). Orders of ours are the tracker's; the others are kept here,
as far as margin depends on them. Conditional ones hold nothing until they are triggered, and are orders from then on.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from connector.account.pair_budget import WantedTerms, WorkingOrder
from connector.core.amounts import ZERO
from connector.core.enums import PositionAction, PositionSide, TradeType
from connector.core.reports import Fill, OrderReport, OrderStatus

_OPEN: Final = frozenset({OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED, OrderStatus.MODIFIED})
_OVER: Final = frozenset({OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.REJECTED})
#: Of orders that are over: a list that was read before may still name them.
_REMEMBERED: Final = 4_096
#: No replica lags longer: what is not on its list, and was told of before, is over.
_REPLICA_LAG_MS: Final = 5_000

_Key = tuple[str, str]


@dataclass(slots=True)
class OthersOrder:
    """An order on the account that is none of ours; satisfies `WorkingOrder`."""

    client_order_id: str
    trading_pair: str
    trade_type: TradeType
    price: Decimal
    claimed_amount: Decimal
    position_action: PositionAction
    symbol: str
    #: The venue's time of the last word on it.
    time_ms: int
    is_open: bool = True
    change: WantedTerms | None = None
    waits_for_trigger: bool = False
    ghost: bool = False
    cancel_wanted: bool = False
    cancel_requested_ms: int | None = None


#: A trade: trading pair, position side, taker's or maker's own side, and the fill.
TradeWatcher = Callable[[str, PositionSide, TradeType, Fill], None]


class OrderTraffic:
    """Hears every report on an order; tells the budget."""

    def __init__(self, pair_of: Callable[[str], str | None]) -> None:
        """`pair_of`: the traded pair of a symbol, None for another, of whose orders nothing is kept."""
        self._pair_of = pair_of
        self._orders: dict[_Key, OthersOrder] = {}
        self._over: OrderedDict[_Key, None] = OrderedDict()
        #: Called with each of others' orders that is new, or changed.
        self.order_watcher: Callable[[WorkingOrder], None] | None = None
        self.trade_watcher: TradeWatcher | None = None
        #: Trades of our orders of which the budget is told later: it takes them from here before it is asked.
        self.late_fills: list[tuple[WorkingOrder, Fill]] = []
        #: Called when such trades wait.
        self.late_watcher: Callable[[], None] | None = None

    @property
    def by_exchange_id(self) -> Mapping[tuple[str, str], OthersOrder]:
        """Others' open orders by symbol and the exchange's id, as they stand at any time."""
        return self._orders

    @property
    def orders(self) -> tuple[OthersOrder, ...]:
        """Others' open orders of the traded pairs."""
        return tuple(self._orders.values())

    def tell_late(self) -> None:
        """Who heard of trades has heard of them: the budget counts them."""
        if self.late_watcher is None:
            self.late_fills.clear()
        elif self.late_fills:
            self.late_watcher()

    def became_ours(self, report: OrderReport) -> None:
        """The order is ours: what was kept of it as another's is kept no more."""
        key = report.symbol, report.exchange_order_id
        if key in self._orders:
            self._end(key)

    def take(self, report: OrderReport, *, is_own: bool) -> None:
        """One report. An order that became ours (of an earlier life) is kept here no more."""
        if report.fills:
            self._tell_trades(report)
        if not report.exchange_order_id or report.conditional is not None:
            return
        key = report.symbol, report.exchange_order_id
        if is_own:
            self.became_ours(report)
        elif report.status in _OVER:
            self._end(key)
        elif report.status in _OPEN:
            self._open(key, report)

    def listed(self, symbol: str | None, exchange_order_ids: Collection[str], asked_ms: int) -> None:
        """A whole list of open orders, of a symbol or of all: what is not on it, and not younger than it, is over."""
        for key, order in tuple(self._orders.items()):
            is_of_it = symbol in (None, order.symbol) and key[1] not in exchange_order_ids
            if is_of_it and order.time_ms < asked_ms - _REPLICA_LAG_MS:
                self._end(key)

    def _open(self, key: _Key, report: OrderReport) -> None:
        trading_pair = self._pair_of(report.symbol)
        known = self._orders.get(key)
        is_old = known is not None and report.time_ms < known.time_ms
        # A market order trades, or ends, in the same moment.
        if trading_pair is None or is_old or key in self._over or not report.price or report.trade_type is None:
            return
        left = (report.amount or ZERO) - (report.executed_amount or ZERO)
        closes = report.reduces_only or _is_against(report.position_side, report.trade_type)
        order = OthersOrder(
            client_order_id=f"{report.symbol} {report.exchange_order_id}",
            trading_pair=trading_pair,
            trade_type=report.trade_type,
            price=report.price,
            claimed_amount=max(ZERO, left),
            position_action=PositionAction.CLOSE if closes else PositionAction.OPEN,
            symbol=report.symbol,
            time_ms=report.time_ms,
        )
        self._orders[key] = order
        self._tell(order)

    def _end(self, key: _Key) -> None:
        self._over[key] = None
        if len(self._over) > _REMEMBERED:
            self._over.popitem(last=False)
        order = self._orders.pop(key, None)
        if order is not None:
            order.is_open = False
            self._tell(order)

    def _tell(self, order: OthersOrder) -> None:
        if self.order_watcher is not None:
            self.order_watcher(order)

    def _tell_trades(self, report: OrderReport) -> None:
        watcher, trade_type, trading_pair = self.trade_watcher, report.trade_type, self._pair_of(report.symbol)
        if watcher is None or trading_pair is None or trade_type is None:
            return
        for fill in report.fills:
            watcher(trading_pair, fill.position_side, trade_type, fill)


def _is_against(side: PositionSide | None, trade_type: TradeType) -> bool:
    """Whether an order is against its position side in hedge mode: it can only close."""
    if side is None or side is PositionSide.BOTH:
        return False
    return (trade_type is TradeType.BUY) is not (side is PositionSide.LONG)
