"""Orders in bad weather, and the referee: what the exchange's own books say once it is quiet, against what was told."""

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal

from connector.core.events import FundingPaymentCompletedEvent, OrderFilledEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.accounts.accounts import Account
from connector.simulator.errors import VenueError
from connector.simulator.market.orders import Order
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.local_trading import SYMBOL, EventLog, Trader, connect, ready
from tests.companions.virtual_time import loop_clock

D = Decimal
_STEP_S = 0.25
#: However bad the weather was, the truth is known so long after it.
QUIET_WITHIN_S = 60.0
#: What may be told of one order, a letter an event: unknown, created, filled, then one end; a fill that is heard late
#: may still come, and complete what was cancelled.
_LIVES = re.compile(r"U?(CF*([XE]F*D?|D)?|[FL]+|L(CF*[XED]?)?)?")
_LETTERS = {
    "OrderOutcomeUnknown": "U",
    "BuyOrderCreated": "C",
    "SellOrderCreated": "C",
    "OrderFilled": "F",
    "OrderCancelled": "X",
    "OrderExpired": "E",
    "OrderFailure": "L",
    "BuyOrderCompleted": "D",
    "SellOrderCompleted": "D",
}


@dataclass
class Weather:
    """An exchange, another trader there, and a connector that is ready."""

    venue: LocalExchange
    trader: Trader
    connector: PerpetualDerivative
    log: EventLog
    #: Client ids of all orders that were asked for, and of those whose cancel was.
    asked: list[str] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)

    def trades(self, side: int, amount: str) -> None:
        """The other trader takes, unless the contract or the book is in no state to."""
        with contextlib.suppress(VenueError):
            self.trader.take(side, amount)

    async def clears(self) -> None:
        """Ends every fault, and waits until exchange and connector agree; fails with what differs."""
        for armed in self.venue.faults.armed():
            self.venue.faults.arm(armed.name, times=0)
        deadline = asyncio.get_running_loop().time() + QUIET_WITHIN_S
        while differences := self.differences():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError("; ".join(differences) + f"; heard {self.log.tags()}")
            self.connector.raise_if_broken()
            await asyncio.sleep(_STEP_S)

    def differences(self) -> list[str]:
        """What is not yet, or not any more, as the exchange has it."""
        return [*self._orders(), *self._fills(), *self._account(), *self._lives(), *self._funding()]

    def _orders(self) -> list[str]:
        placed = self._placed()
        counts = Counter(order.client_order_id for order in placed)
        theirs = {order.client_order_id: self._figures(order) for order in placed if order.is_open}
        known = self.connector.in_flight_orders
        ours = {name: (order.amount, order.executed_amount_base) for name, order in known.items()}
        found = [f"{name} was placed {count} times" for name, count in counts.items() if count > 1]
        found += [f"{name} is open and its cancel was asked for" for name in theirs.keys() & self.cancelled]
        found += [f"{name} is open there and unknown here" for name in theirs.keys() - ours.keys()]
        found += [f"{name} is {known[name].state.name} here and not open there" for name in ours.keys() - theirs.keys()]
        return found + [
            f"{name}: {ours[name]} here, {theirs[name]} there"
            for name in theirs.keys() & ours.keys()
            if ours[name] != theirs[name]
        ]

    def _fills(self) -> list[str]:
        instrument = self.venue.engine.listing(SYMBOL).instrument
        names = {order.order_id: order.client_order_id for order in self._placed()}
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
        there, ledger = self._account_there, self.connector.components.ledger
        instrument = self.venue.engine.listing(SYMBOL).instrument
        held = {side: D(instrument.quantity_text(row.lots)) for (_, side), row in there.positions.items() if row.lots}
        ours = {row.position_side.value: row.amount for row in ledger.positions_of(SYMBOL)}
        found = [] if ours == held else [f"positions: {ours} here, {held} there"]
        wallet = D(there.wallets.get("USDT", 0)).scaleb(-8)
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

    def _funding(self) -> list[str]:
        theirs = Counter(
            D(row.amount_e8).scaleb(-8)
            for (kind, symbol), rows in self._account_there.income.items()
            if (kind, symbol) == ("FUNDING_FEE", SYMBOL)
            for row in rows
        )
        ours = Counter(event.amount for event in self.log.events if isinstance(event, FundingPaymentCompletedEvent))
        return [] if ours == theirs else [f"funding: {ours} here, {theirs} there"]

    def told(self, name: str) -> str:
        """What was told of an order, a letter an event."""
        return "".join(
            _LETTERS[event.tag.name] for event in self.log.events if getattr(event, "order_id", None) == name
        )

    @property
    def position(self) -> Decimal:
        """What the connector takes to be held, signed."""
        return sum((row.amount for row in self.connector.components.ledger.positions_of(SYMBOL)), D(0))

    @property
    def _account_there(self) -> Account:
        return self.venue.engine.accounts[self.venue.account_id]

    def _placed(self) -> list[Order]:
        return list(self._account_there.placed.get(SYMBOL, ()))

    def _figures(self, order: Order) -> tuple[Decimal, Decimal]:
        instrument = self.venue.engine.listing(SYMBOL).instrument
        return D(instrument.quantity_text(order.lots)), D(instrument.quantity_text(order.filled_lots))


@contextlib.asynccontextmanager
async def weather(**settings: object) -> AsyncIterator[Weather]:
    """A calm day, without background market."""
    terms = {"background": False, "funding_first_s": 3600.0, **settings}
    async with LocalExchange(SimulatorSettings(clock=loop_clock(), **terms)) as venue:  # type: ignore[arg-type]
        trader = Trader(venue)
        trader.make_market()
        connector = connect(venue)
        await ready(connector)
        try:
            yield Weather(venue, trader, connector, EventLog(connector))
        finally:
            await connector.stop_network()
