"""What a way in one call needs, and the twins that know none: `order_entry.py`, `modifications.py` and `cancels.py` are
the plain ways, and specify the compiled ones."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Protocol

from connector.account.budget_checker import BudgetChecker
from connector.account.ledger import Ledger
from connector.core.clock import Clock
from connector.core.enums import SelfTradePrevention
from connector.core.intents import ModifyIntent, OrderIntent
from connector.core.trade_fee import CommissionRate
from connector.core.trading_rule import TradingRule
from connector.exchange.account.order_limits import OrderLimits
from connector.exchange.gates import Gates
from connector.exchange.order_journaling import OrderJournaling
from connector.exchange.orders.openings import Openings
from connector.exchange.orders.refusals import Refusals
from connector.market.symbol_feed import SymbolFeed
from connector.net.gateway import Gateway
from connector.net.http import HttpAnswer
from connector.net.limits.throttle import Ticket
from connector.orders.changes import Change
from connector.orders.client_order_ids import OrderIds
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.tracker import Tracker

#: What gateways go on with.
Left = tuple[Ticket, Awaitable[HttpAnswer]]
#: The order, and the rule by which it was judged; None where nothing has left yet.
Taken = tuple[InFlightOrder, TradingRule, Left | None]
#: The order, and what it is to become.
Changing = tuple[InFlightOrder, Change, Left | None]


class Running(Protocol):
    @property
    def is_running(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class EntryParts:
    """Whom an order asks on its way."""

    gateway: Gateway
    clock: Clock
    tracker: Tracker
    ledger: Ledger
    #: By trading pair.
    rules: Mapping[str, TradingRule]
    #: By symbol.
    feeds: Mapping[str, SymbolFeed]
    ids: OrderIds
    tasks: Running
    journaling: OrderJournaling
    gates: Gates
    openings: Openings
    refusals: Refusals
    #: None: nobody asks whether an order can be paid for.
    budget: BudgetChecker | None
    #: By trading pair, as far as they are read.
    commissions: Mapping[str, CommissionRate]
    #: Of orders that ask for none of their own.
    prevention: SelfTradePrevention
    #: What the user allows.
    limits: OrderLimits
    #: Orders that have left and are not answered, of which no cancel is under way.
    left: set[str]


class QuickEntry:
    """The shortest way of an intent to its bytes."""

    def __init__(self, parts: EntryParts) -> None:
        """It takes no short way."""

    def place(self, intent: OrderIntent) -> Taken | None:
        """Checks, tracks and writes down an order, and sends it, in this turn. None, and nothing has changed, for what
        has to go the plain way. The budget is told of it by the caller, once it has left."""
        return None


class QuickWishes:
    """The shortest way of what is asked of an open order."""

    def __init__(self, parts: EntryParts, pursued: Mapping[str, object], worn_out: Mapping[str, None]) -> None:
        """It takes no short way. `pursued` are orders whose cancel is under way, `worn_out` those that are changed no
        more."""

    def change(self, intent: ModifyIntent) -> Changing | None:
        """Checks a change, writes it down and sends it, in this turn. None, and nothing has changed, for what has to go
        the plain way. Whoever hears of changed orders is told by the caller, once it has left."""
        return None

    def cancel(self, order: InFlightOrder) -> Left | None:
        """Sends a cancel in this turn, before anything of it is noted; None where nothing has left."""
        return None

    def note_cancel(self, order: InFlightOrder) -> bool:
        """Notes and writes down that a cancel was asked for. False, and nothing has changed, where that has to go the
        plain way; else whoever hears of changed orders is told by the caller."""
        return False
