"""Orders of one account that the exchange's engine and our tracker both have: plain ones, ones whose answer was lost,
ones that were changed, and conditional ones that wait or were triggered."""

import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from itertools import count

from connector.core.enums import OrderType, PositionAction, TradeType, TriggerState
from connector.core.intents import OrderIntent
from connector.core.order_ends import Rejection, RejectionKind
from connector.core.order_options import OrderOptions
from connector.core.reports import ConditionalReport, OrderReport, OrderStatus
from connector.simulator.accounts.algo_orders import MARK_PRICE, STOP, AlgoOrder, AlgoRequest
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import BUY, LIMIT, SELL, AmendRequest, OrderRequest
from tests.companions.orders import scenes
from tests.companions.simulator.traders import BTC, Trader

D = Decimal
LOT = D("0.001")
#: How far from mark a trigger is that no price of a scene reaches.
FAR = 10_000
_NUMBERS = count()


class MirroredOrders:
    """`side_name` names the position side of an opening order, as the exchange spells it."""

    def __init__(self, trader: Trader, chance: random.Random, side_name: Callable[[int], str]) -> None:
        self.trader, self.chance, self.side_name = trader, chance, side_name
        self.tracker = scenes.tracker()
        #: How many of each kind there are.
        self.kinds: Counter[str] = Counter()

    def add(self) -> None:
        """One more order, of a random kind; none where the exchange refuses it."""
        kind = self.chance.choice([self.answered, self.unanswered, self.changed, self.waiting, self.triggered])
        try:
            kind()
        except VenueError:
            return
        self.kinds[kind.__name__] += 1

    def answered(self) -> None:
        """A limit order in the book."""
        name, _, amount, price, order_id = self._rest()
        self._hear(OrderStatus.NEW, name, order_id, price=price, amount=amount)

    def unanswered(self) -> None:
        """One that is in the book, though nobody told."""
        name, *_ = self._rest()
        self._hear(OrderStatus.OUTCOME_UNKNOWN, name, "", time_ms=0)

    def changed(self) -> None:
        """One that was asked to become another, and that became it or was refused that."""
        name, side, amount, price, order_id = self._rest()
        self._hear(OrderStatus.NEW, name, order_id, price=price, amount=amount)
        new_amount, new_price = self._amount(), self._price(side)
        self._hear(OrderStatus.MODIFY_REQUESTED, name, order_id, time_ms=0, price=new_price, amount=new_amount)
        ask = AmendRequest(BTC, None, name, side, new_amount, new_price)
        try:
            self.trader.desk.engine.amend(self.trader.id, ask, self.trader.desk.now_ms)
        except VenueError:
            self._hear(OrderStatus.MODIFY_REFUSED, name, order_id, time_ms=0)
            return
        self._hear(OrderStatus.MODIFIED, name, order_id, price=new_price, amount=new_amount)

    def waiting(self) -> None:
        """A conditional order that is not in the book."""
        self._conditional(FAR)

    def triggered(self) -> None:
        """A conditional order whose trigger the mark price reached: it is in the book, or found no margin."""
        name, order, options = self._conditional(D("0.1"))
        desk = self.trader.desk
        desk.mark(str(order.request.trigger_price))
        desk.engine.algos.react(desk.listing, desk.now_ms)
        if order.child is None:
            assert order.reason
            rejection = Rejection(RejectionKind.MARGIN, -2019)
            told = {"conditional": _told(order, TriggerState.REFUSED, options), "rejection": rejection}
            self._hear(OrderStatus.TRIGGER_REFUSED, name, "", **told)
            return
        child_id = str(order.child.order_id)
        self._hear(OrderStatus.NEW, name, child_id, conditional=_told(order, TriggerState.TRIGGERED, options))
        request = order.request
        self._hear(OrderStatus.NEW, name, child_id, price=request.price, amount=request.quantity)

    def end(self) -> None:
        """Takes back what waits, lest it is triggered in another scene."""
        self.trader.desk.engine.cancel_algos(self.trader.id, BTC, self.trader.desk.now_ms)

    def _rest(self) -> tuple[str, int, Decimal, Decimal, str]:
        """Puts an order into the book, away from the touch, and tracks it. The answer is the caller's to tell."""
        name, side = f"mirrored-{next(_NUMBERS)}", self.chance.choice([BUY, SELL])
        amount, price = self._amount(), self._price(side)
        request = OrderRequest(
            BTC, side, LIMIT, amount, price, position_side=self.side_name(side), client_order_id=name
        )
        order = self.trader.place(request)
        self._track(name, side, OrderType.LIMIT, amount, price)
        return name, side, amount, price, str(order.order_id)

    def _conditional(self, apart: Decimal | int) -> tuple[str, AlgoOrder, OrderOptions]:
        """Places a stop that is `apart` from mark, and tracks it."""
        name, side = f"mirrored-{next(_NUMBERS)}", self.chance.choice([BUY, SELL])
        amount, price = self._amount(), self._price(side)
        trigger = D(self.trader.desk.listing.mark_price.mark_e8) / E8 + side * apart
        order = self.trader.desk.engine.place_algo(
            self.trader.id,
            AlgoRequest(
                BTC, side, STOP, amount, price, trigger, working_type=MARK_PRICE, client_algo_id=name,
                position_side=self.side_name(side),
            ),
            self.trader.desk.now_ms,
        )  # fmt: skip
        options = OrderOptions(trigger_price=trigger)
        self._track(name, side, OrderType.STOP, amount, price, options)
        told = _told(order, TriggerState.WAITING, options)
        self._hear(OrderStatus.NEW, name, "", price=price, amount=amount, conditional=told)
        return name, order, options

    def _track(
        self, name: str, side: int, kind: OrderType, amount: Decimal, price: Decimal,
        options: OrderOptions | None = None,
    ) -> None:  # fmt: skip
        trade_type = TradeType.BUY if side == BUY else TradeType.SELL
        more = () if options is None else (options,)
        wanted = OrderIntent(scenes.PAIR, trade_type, kind, amount, price, PositionAction.OPEN, *more)
        scenes.tracked(self.tracker, name, wanted)

    def _hear(self, word: OrderStatus, name: str, order_id: str, **facts: object) -> None:
        report: OrderReport = scenes.report(word, client_order_id=name, exchange_order_id=order_id, **facts)
        self.tracker.apply(report, self.trader.desk.now_ms)

    def _amount(self) -> Decimal:
        return LOT * self.chance.randint(2, self.chance.choice([20, 900, 20_000]))

    def _price(self, side: int) -> Decimal:
        return D(600_000 - side * self.chance.randint(400, 25_000)) / 10


def _told(order: AlgoOrder, trigger: TriggerState, options: OrderOptions) -> ConditionalReport:
    return ConditionalReport(str(order.algo_id), trigger, False, OrderType.STOP, options, closes=False)
