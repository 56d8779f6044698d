"""What an order is judged by on its way, and an order that is on it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from connector.core.enums import PositionAction, PositionMode, PositionSide, SelfTradePrevention, TradeType
from connector.core.intents import OrderIntent
from connector.core.order_ends import Rejection
from connector.core.trading_rule import TradingRule
from connector.exchange.account.order_limits import OrderLimits
from connector.exchange.order_journaling import OrderJournaling
from connector.exchange.orders.cancels import TaskOwner
from connector.exchange.orders.post_only import Touch
from connector.exchange.orders.rejections import UNPAID
from connector.orders.client_order_ids import OrderIds
from connector.orders.in_flight_order import InFlightOrder
from connector.venue.order_fields import CLOSE_SEMANTICS


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What an intent is made exact, tracked and checked by; pairs that are not traded raise `ArgumentFault`."""

    rule_of: Callable[[str], TradingRule]
    #: By symbol.
    leverage_of: Callable[[str], int]
    #: NaN before the first frame.
    mark_price_of: Callable[[str], Decimal]
    position_mode: Callable[[], PositionMode]
    client_order_ids: OrderIds
    #: By pair.
    touch_of: Callable[[str], Touch]
    #: What is held of a symbol and position side, signed.
    held: Callable[[str, PositionSide], Decimal]
    reprice_ticks: int
    #: Of orders that ask for none of their own.
    self_trade_prevention: SelfTradePrevention

    def most_to_close(self, symbol: str, action: PositionAction, trade_type: TradeType) -> Decimal | None:
        """The most that a closing order may close; None where the venue itself cuts it to the position, as it does in
        one-way mode, or where nothing is known to be held."""
        if action is not PositionAction.CLOSE or self.position_mode() is not PositionMode.HEDGE:
            return None
        side = CLOSE_SEMANTICS[PositionMode.HEDGE, action, trade_type].position_side
        return abs(self.held(symbol, side)) or None


@dataclass(frozen=True, slots=True)
class EntryPermit:
    """When orders go, who carries them, and where they are written down before."""

    #: Asked as late as possible: the last thing before an order is signed.
    may_send: Callable[[], bool]
    tasks: TaskOwner
    journaling: OrderJournaling
    #: The same for an order that only reduces a position.
    may_close: Callable[[], bool]
    #: Why an order is kept back after refusals; empty where it goes.
    kept_back: Callable[[InFlightOrder], str]
    #: The same of a change of an open order.
    change_kept_back: Callable[[InFlightOrder], str]
    #: Why an order is kept back by whoever shut the gate for openings; empty where it goes.
    shut: Callable[[InFlightOrder], str]
    #: Why an order that opens would find no margin beside all that is tracked; empty where it goes.
    unpaid: Callable[[OrderIntent], str]
    #: What the user allows.
    limits: OrderLimits

    def may_leave(self, *, reduces_only: bool) -> bool:
        return self.may_close() if reduces_only else self.may_send()


@dataclass(frozen=True, slots=True)
class Placing:
    """An order that is tracked and written down, and not sent yet."""

    order: InFlightOrder
    #: On the pair's grids.
    intent: OrderIntent
    rule: TradingRule
    #: Where it never leaves (`order.unpaid`), for which kind of reason.
    unpaid: Rejection = UNPAID

    @property
    def reduces_only(self) -> bool:
        return self.intent.reduces_only
