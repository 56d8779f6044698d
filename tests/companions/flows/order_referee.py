"""The referee: what the exchange's own books say, against what a connector believes and told.

He reads the exchange's state itself, not its answers: no fault, and no lagging replica, stands between.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from connector.core.enums import OrderState
from connector.core.event_tags import MarketEvent
from connector.core.events import FundingPaymentCompletedEvent, OrderFilledEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.orders.in_flight_order import InFlightOrder
from connector.simulator.accounts.accounts import Account
from connector.simulator.market.orders import Order
from connector.simulator.server import LocalExchange
from tests.companions.exchange.conditional_scenes import waiting
from tests.companions.local_trading import PAIR, SYMBOL, EventLog

D = Decimal
#: What may be told of one order, a letter an event: unknown, created, triggered, filled, then one end; a fill that is
#: heard late may still come, and complete what was cancelled. Changes are told apart from it.
_LIVES = re.compile(r"U?(CT?F*([XE]F*D?|D)?|CL|[FL]+|L(CT?F*[XED]?)?)?")
_LETTERS = {
    "OrderOutcomeUnknown": "U",
    "BuyOrderCreated": "C",
    "SellOrderCreated": "C",
    "OrderTriggered": "T",
    "OrderFilled": "F",
    "OrderCancelled": "X",
    "OrderExpired": "E",
    "OrderFailure": "L",
    "BuyOrderCompleted": "D",
    "SellOrderCompleted": "D",
}
_CHANGES = ("OrderModified", "OrderModifyFailed")
_WEATHER_REPORTS = frozenset(
    {
        MarketEvent.FeedLost,
        MarketEvent.FeedRestored,
        MarketEvent.RateLimitNear,
        MarketEvent.RateLimitWait,
        MarketEvent.OpeningsResumed,
        MarketEvent.OrderWayChanged,
        # What the stream did not tell comes from the account book, some seconds later.
        MarketEvent.Transfer,
    }
)
_SEEN_ALIVE = frozenset(
    {OrderState.OPEN, OrderState.PARTIALLY_FILLED, OrderState.PENDING_CANCEL, OrderState.PENDING_MODIFY}
)


@dataclass
class Referee:
    """`asked` are the client ids of all orders that were asked for, `cancelled` of those whose cancel was; `changed` is
    how often a change of each was."""

    venue: LocalExchange
    connector: PerpetualDerivative
    log: EventLog
    asked: Collection[str]
    cancelled: Collection[str]
    changed: Mapping[str, int]

    def differences(self) -> list[str]:
        """What is not yet, or not any more, as the exchange has it."""
        told = [*self._lives(), *self._changes(), *self._funding(), *self._forced(), *self._transfers()]
        return [*self._orders(), *self._fills(), *self._account(), *self._rules(), *told]

    def _rules(self) -> list[str]:
        """Whether the contract trades, and which sides may only reduce."""
        there, here = self.venue.engine.listing(SYMBOL), self.connector.trading_rules[PAIR]
        sides = {"NONE": (), "BOTH": ("BUY", "SELL")}.get(there.control_side, (there.control_side,))
        told = here.is_trading, tuple(side.name for side in here.reduce_only_sides)
        true = there.status == "TRADING", sides
        return [] if told == true else [f"what may be traded: here {told}, there {true}"]

    def unready(self) -> list[str]:
        """What the connector still waits for."""
        return [] if self.connector.ready else [f"not ready: {self.connector.components.gates.waiting()}"]

    def of_the_trade(self, since: int) -> list[str]:
        """What was told after the first `since` events, but for feeds, limits and transfers, which live apart."""
        return [event.tag.name for event in self.log.events[since:] if event.tag not in _WEATHER_REPORTS]

    def differs_now(self) -> dict[str, bool]:
        """The same in short, at any moment: an order that is on its way, or over, and not heard of yet, differs too."""
        there = {name for name in (*self._open_there(), *waiting(self.venue)) if name in self.asked}
        here = {order.client_order_id for order in self.connector.components.tracker.active if _is_seen_alive(order)}
        told = sum(isinstance(event, OrderFilledEvent) for event in self.log.events)
        own = sum(self._names().get(row.order_id) in self.asked for row in self._account_there.trades.get(SYMBOL, ()))
        return {
            "position": self._positions_there() != self._positions_here(),
            "fills": told != own,
            "open orders": there != here,
        }

    def _orders(self) -> list[str]:
        counts = Counter(order.client_order_id for order in self._placed())
        children, waits = self._open_there(), set(waiting(self.venue))
        theirs = children.keys() | waits
        known = self.connector.in_flight_orders
        found = [f"{name} was placed {count} times" for name, count in counts.items() if count > 1]
        found += [f"{name} is open in both families" for name in children.keys() & waits]
        unasked = [name for name in (counts.keys() | waits) - set(self.asked) if not _is_of_the_venue(name)]
        found += [f"{name} was placed and never asked for" for name in unasked]
        found += [f"{name} is open and its cancel was asked for" for name in theirs & set(self.cancelled)]
        found += [f"{name} is open there and unknown here" for name in theirs - known.keys()]
        found += [f"{name} is {known[name].state.name} here and not open there" for name in known.keys() - theirs]
        found += [f"the change of {name} is not known" for name, order in known.items() if order.change]
        for name in theirs & known.keys():
            if known[name].waits_for_trigger != (name in waits):
                found.append(f"{name} is {known[name].trigger} here, and waits there: {name in waits}")
            elif name in children and (ours := _figures(known[name])) != (there := self._figures(children[name])):
                found.append(f"{name}: {ours} here, {there} there")
        return found

    def _fills(self) -> list[str]:
        instrument = self.venue.engine.listing(SYMBOL).instrument
        names = self._names()
        theirs = Counter(
            (
                names[row.order_id],
                str(row.trade_id),
                D(instrument.price_text(row.ticks)),
                D(instrument.quantity_text(row.lots)),
                D(row.commission_e8).scaleb(-8),
            )
            for row in self._account_there.trades.get(SYMBOL, ())
            if names.get(row.order_id) in self.asked
        )
        ours = Counter(
            (event.order_id, event.exchange_trade_id, event.price, event.amount, event.trade_fee.flat_fees[0].amount)
            for event in self.log.events
            if isinstance(event, OrderFilledEvent)
        )
        return [] if ours == theirs else [f"fills: too many {ours - theirs}, missing {theirs - ours}"]

    def _account(self) -> list[str]:
        ours, held = self._positions_here(), self._positions_there()
        found = [] if ours == held else [f"positions: {ours} here, {held} there"]
        wallet = D(self._account_there.wallets.get("USDT", 0)).scaleb(-8)
        balance = self.connector.get_balance("USDT")
        return found if balance == wallet else [*found, f"wallet: {balance} here, {wallet} there"]

    def _lives(self) -> list[str]:
        found = []
        known = self.connector.in_flight_orders
        for name in self.asked:
            told = self.told(name)
            if not _LIVES.fullmatch(told):
                found.append(f"{name} was told as {told}")
            elif name not in known and not set(told) & set("XELD"):
                found.append(f"{name} is over and was told as {told}")
        return found

    def _changes(self) -> list[str]:
        """Each change that was asked for is told once, or ends with the order."""
        known, found = self.connector.in_flight_orders, []
        for name, asked in self.changed.items():
            told = [event for event in self.log.events if getattr(event, "order_id", None) == name]
            answers = sum(event.tag.name in _CHANGES for event in told)
            if answers > asked or (name in known and answers < asked):
                found.append(f"{name} was asked to change {asked} times, and {answers} answers were told")
        return found

    def _transfers(self) -> list[str]:
        """None is told twice."""
        there = sum(len(history) for history in self._account_there.income_of("TRANSFER", None))
        told = len(self.log.of(MarketEvent.Transfer))
        return [f"{told} transfers were told of {there}"] if told > there else []

    def _funding(self) -> list[str]:
        theirs = Counter(
            D(row.amount_e8).scaleb(-8)
            for (kind, symbol), rows in self._account_there.income.items()
            if (kind, symbol) == ("FUNDING_FEE", SYMBOL)
            for row in rows
        )
        ours = Counter(event.amount for event in self.log.events if isinstance(event, FundingPaymentCompletedEvent))
        return [] if ours == theirs else [f"funding: {ours} here, {theirs} there"]

    def _forced(self) -> list[str]:
        theirs = sum(_is_of_the_venue(order.client_order_id) and order.filled_lots > 0 for order in self._placed())
        ours = len(self.log.of(MarketEvent.Liquidation)) + len(self.log.of(MarketEvent.PositionSettled))
        return [] if ours == theirs else [f"closed by the venue: told {ours} times, {theirs} there"]

    def told(self, name: str) -> str:
        """What was told of an order, a letter an event."""
        tags = [event.tag.name for event in self.log.events if getattr(event, "order_id", None) == name]
        return "".join(_LETTERS[tag] for tag in tags if tag not in _CHANGES)

    @property
    def _account_there(self) -> Account:
        return self.venue.engine.accounts[self.venue.account_id]

    def _positions_there(self) -> dict[str, Decimal]:
        instrument = self.venue.engine.listing(SYMBOL).instrument
        rows = self._account_there.positions.items()
        return {side: D(instrument.quantity_text(row.lots)) for (_, side), row in rows if row.lots}

    def _positions_here(self) -> dict[str, Decimal]:
        ledger = self.connector.components.ledger
        return {row.position_side.value: row.amount for row in ledger.positions_of(SYMBOL)}

    def _names(self) -> dict[int, str]:
        return {order.order_id: order.client_order_id for order in self._placed()}

    def _open_there(self) -> dict[str, Order]:
        return {order.client_order_id: order for order in self._placed() if order.is_open}

    def _placed(self) -> list[Order]:
        return list(self._account_there.placed.get(SYMBOL, ()))

    def _figures(self, order: Order) -> tuple[object, ...]:
        instrument = self.venue.engine.listing(SYMBOL).instrument
        lots = instrument.quantity_text(order.lots), instrument.quantity_text(order.filled_lots)
        return order.side, D(instrument.price_text(order.price_ticks)), *map(D, lots)


def _figures(order: InFlightOrder) -> tuple[object, ...]:
    return order.trade_type.sign, order.price, order.amount, order.executed_amount_base


def _is_of_the_venue(name: str) -> bool:
    """Whether the exchange closed a position by it: such orders have names of their own."""
    return name.startswith(("autoclose-", "adl_autoclose", "settlement_autoclose-"))


def _is_seen_alive(order: InFlightOrder) -> bool:
    return order.state in _SEEN_ALIVE
