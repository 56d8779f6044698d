"""The tracker beside a small exchange: whatever is lost, late, doubled or told out of turn on the way, once the
exchange was asked all is known, each event came once, and nothing was told that the exchange did not do.
"""

import json
from dataclasses import replace
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from connector.core.enums import OrderState
from connector.core.event_tags import MarketEvent
from connector.core.events import OrderFilledEvent, OrderModifiedEvent
from connector.core.reports import Fill, OrderReport, OrderStatus, ReportSource
from tests.companions.orders.scenes import PAIR, SYMBOL, Watcher, fill, intent, tracker

ENDS = {
    OrderStatus.FILLED: MarketEvent.BuyOrderCompleted,
    OrderStatus.CANCELED: MarketEvent.OrderCancelled,
    OrderStatus.EXPIRED: MarketEvent.OrderExpired,
}
#: What may be told again and again.
REPEATED = {MarketEvent.OrderFilled, MarketEvent.OrderModified, MarketEvent.OrderModifyFailed}
AMOUNT, PRICE = Decimal(3), Decimal(100)
Terms = tuple[Decimal, Decimal]


class Placed:
    """One order as the exchange has it."""

    def __init__(self, number: int) -> None:
        self.exchange_id = str(8_000 + number)
        self.status = OrderStatus.NEW
        self.fills: list[Fill] = []
        self.time_ms = 1_000
        self.price, self.amount = PRICE, AMOUNT
        self.changes = 0

    @property
    def executed(self) -> Decimal:
        return sum((one.amount for one in self.fills), Decimal(0))

    @property
    def is_open(self) -> bool:
        return self.status not in ENDS


class Trading(RuleBasedStateMachine):
    """Reports are drawn from `news` in any order, again and again, or never."""

    orders = Bundle("orders")
    news = Bundle("news")

    def __init__(self) -> None:
        super().__init__()
        self.desk = tracker()
        self.watcher = Watcher()
        self.watcher.watch(self.desk)
        self.placed: dict[str, Placed] = {}
        self.refused: set[str] = set()
        self.told: dict[str, list[MarketEvent]] = {}
        self.told_fills: dict[str, list[str]] = {}
        self.told_terms: dict[str, list[Terms]] = {}
        #: Changes that were asked for: how many, and the one that may still arrive.
        self.changes: dict[str, int] = {}
        self.on_the_way: dict[str, Terms] = {}
        #: Ended before a restart: what comes late finds nobody, as it should.
        self.forgotten: set[str] = set()
        self.count = self.trades = 0
        self.now_ms = 1_000

    @rule(target=orders)
    def asks(self) -> str:
        self.count += 1
        name = f"desk-{self.count}"
        self.desk.open_order(intent(amount=str(AMOUNT)), name, leverage=5, now_ms=self.now_ms)
        self.told[name], self.told_fills[name], self.told_terms[name], self.changes[name] = [], [], [], 0
        return name

    @rule(target=orders)
    def asks_and_is_answered(self) -> str:
        name = self.asks()
        self._hear(self.arrives(name))
        return name

    @rule(target=news, name=orders)
    def arrives(self, name: str) -> object:
        """The request is carried out, whether or not anybody hears of it."""
        if name in self.placed or name in self.refused or name in self.forgotten:
            return multiple()
        self.placed[name] = Placed(self.count)
        return self._report(name, ReportSource.ACK)

    @rule(target=news, name=orders)
    def is_refused(self, name: str) -> object:
        if name in self.placed or name in self.refused:
            return multiple()
        self.refused.add(name)
        return OrderReport(ReportSource.ERROR, OrderStatus.REJECTED, SYMBOL, name)

    @rule(target=news, name=orders, amount=st.sampled_from(["1", "2", "3"]))
    def trades_some(self, name: str, amount: str) -> object:
        order = self.placed.get(name)
        if order is None or not order.is_open or order.executed + Decimal(amount) > order.amount:
            return multiple()
        self.trades += 1
        one = fill(str(self.trades), amount, time_ms=self._tick(order))
        order.fills.append(one)
        order.status = OrderStatus.FILLED if order.executed == order.amount else OrderStatus.PARTIALLY_FILLED
        return self._report(name, ReportSource.STREAM, one)

    @rule(target=news, name=orders, end=st.sampled_from([OrderStatus.CANCELED, OrderStatus.EXPIRED]))
    def ends(self, name: str, end: OrderStatus) -> object:
        order = self.placed.get(name)
        if order is None or not order.is_open:
            return multiple()
        order.status = end
        self._tick(order)
        return self._report(name, ReportSource.STREAM)

    @rule(name=orders)
    def answer_is_lost(self, name: str) -> None:
        self._hear(OrderReport(ReportSource.ERROR, OrderStatus.OUTCOME_UNKNOWN, SYMBOL, name))

    @rule(name=orders, word=st.sampled_from([OrderStatus.CANCEL_REQUESTED, OrderStatus.CANCEL_REFUSED]))
    def cancel_is_on_its_way(self, name: str, word: OrderStatus) -> None:
        self._hear(OrderReport(ReportSource.LOCAL, OrderStatus.CANCEL_WANTED, SYMBOL, name))
        self._hear(OrderReport(ReportSource.LOCAL, word, SYMBOL, name))

    @rule(name=orders, price=st.sampled_from(["99", "101"]), amount=st.sampled_from(["2", "3", "5"]))
    def change_is_asked_for(self, name: str, price: str, amount: str) -> None:
        """Under the conditions under which one leaves."""
        known = self.desk.order(name)
        if known is None or not known.is_open or not known.was_seen or known.change or known.cancel_wanted:
            return
        wanted = Decimal(price), Decimal(amount)
        if wanted == known.terms:
            return
        self.changes[name] += 1
        self.on_the_way[name] = wanted
        self._hear(self._own_word(name, OrderStatus.MODIFY_REQUESTED, *wanted))

    @rule(target=news, name=orders, at_once=st.booleans())
    def change_arrives(self, name: str, at_once: bool) -> object:
        """In the millisecond of the order's last word, or later."""
        order, wanted = self.placed.get(name), self.on_the_way.pop(name, None)
        if order is None or wanted is None:
            return multiple()
        if not order.is_open:
            self._hear(self._own_word(name, OrderStatus.MODIFY_REFUSED))
            return multiple()
        if not at_once or order.changes:
            self._tick(order)
        if wanted[1] <= order.executed:
            order.status = OrderStatus.CANCELED
            return self._report(name, ReportSource.STREAM)
        order.price, order.amount = wanted
        order.changes += 1
        return replace(self._report(name, ReportSource.STREAM), status=OrderStatus.MODIFIED)

    @rule(name=orders)
    def change_is_refused(self, name: str) -> None:
        if self.on_the_way.pop(name, None) is not None:
            self._hear(self._own_word(name, OrderStatus.MODIFY_REFUSED))

    @rule(name=orders)
    def answer_to_the_change_is_lost(self, name: str) -> None:
        self._hear(self._own_word(name, OrderStatus.MODIFY_UNKNOWN))

    @rule(target=news, name=orders)
    def trades_are_listed(self, name: str) -> object:
        """Without a word on the order that they are of."""
        order = self.placed.get(name)
        return self._trades(order) if order else multiple()

    @rule(report=news)
    def hears(self, report: OrderReport) -> None:
        self._hear(report)

    @rule(report=news)
    def hears_twice(self, report: OrderReport) -> None:
        self._hear(report)
        self._hear(report)

    @rule(report=consumes(news))
    def loses(self, report: OrderReport) -> None:
        """Nobody hears of it."""

    @rule(report=news, amount=st.sampled_from(["0", "-1", "9"]))
    def hears_a_fill_that_can_be_none(self, report: OrderReport, amount: str) -> None:
        self.trades += 1
        false = fill(f"false-{self.trades}", amount)
        self._hear(
            OrderReport(ReportSource.STREAM, OrderStatus.UNCHANGED, SYMBOL, report.client_order_id, fills=(false,))
        )

    @rule()
    def is_restarted(self) -> None:
        """With what was saved, through text."""
        saved = json.loads(json.dumps(self.desk.states()))
        ended = [name for name in self.told if name not in saved]
        again = tracker()
        self.watcher.watch(again)
        self._note(again.restore(saved, self.now_ms))
        self.desk = again
        self.forgotten.update(ended)

    @invariant()
    def each_change_of_what_an_order_holds_is_told(self) -> None:
        assert self.watcher.missed() == []

    @invariant()
    def nothing_is_told_twice_or_out_of_turn(self) -> None:
        for name, told in self.told.items():
            kinds = [tag for tag in told if tag not in REPEATED]
            assert len(kinds) == len(set(kinds)), (name, told)
            assert told.count(MarketEvent.OrderModifyFailed) + len(self.told_terms[name]) <= self.changes[name], name
            assert len(self.told_fills[name]) == len(set(self.told_fills[name])), name
            if MarketEvent.OrderFilled in told:
                assert told.index(MarketEvent.BuyOrderCreated) < told.index(MarketEvent.OrderFilled)

    @invariant()
    def nothing_is_told_that_did_not_happen(self) -> None:
        for name, ids in self.told_fills.items():
            there = {one.trade_id for one in self.placed[name].fills} if name in self.placed else set()
            assert set(ids) <= there, name
            if MarketEvent.BuyOrderCreated in self.told[name]:
                assert name in self.placed
                assert len(self.told_terms[name]) <= self.placed[name].changes

    def teardown(self) -> None:
        """All is asked for: each order, and the trades that are missing."""
        for name, order in self.placed.items():
            if name in self.forgotten:
                continue
            self._hear(self._report(name, ReportSource.QUERY))
            self._hear(self._trades(order))
            known = self.desk.order(name)
            assert known is not None
            if known.change is not None:
                # What has not arrived by now never will.
                self._hear(self._own_word(name, OrderStatus.MODIFY_REFUSED))
            assert known.executed_amount == order.executed
            assert known.is_open == order.is_open
            if order.is_open:
                assert known.terms == (order.price, order.amount)
                assert known.state is not OrderState.PENDING_MODIFY
                answered = len(self.told_terms[name]) + self.told[name].count(MarketEvent.OrderModifyFailed)
                assert answered == self.changes[name], (name, self.told[name])
            assert sorted(self.told_fills[name]) == sorted(one.trade_id for one in order.fills)
            if not order.is_open:
                assert ENDS[order.status] in self.told[name]
        self.nothing_is_told_twice_or_out_of_turn()

    def _tick(self, order: Placed) -> int:
        self.now_ms += 10
        order.time_ms = self.now_ms
        return self.now_ms

    def _report(self, name: str, source: ReportSource, *fills: Fill) -> OrderReport:
        order = self.placed[name]
        return OrderReport(
            source, order.status, SYMBOL, name, order.exchange_id, order.time_ms,
            price=order.price, amount=order.amount, executed_amount=order.executed, fills=fills,
        )  # fmt: skip

    def _trades(self, order: Placed) -> OrderReport:
        return OrderReport(
            ReportSource.TRADES, OrderStatus.UNCHANGED, SYMBOL, "", order.exchange_id, fills=tuple(order.fills)
        )

    def _own_word(
        self, name: str, status: OrderStatus, price: Decimal | None = None, amount: Decimal | None = None
    ) -> OrderReport:
        return OrderReport(ReportSource.LOCAL, status, SYMBOL, name, price=price, amount=amount)

    def _hear(self, report: OrderReport) -> None:
        self._note(self.desk.apply(report, self.now_ms))

    def _note(self, events: tuple[object, ...]) -> None:
        for event in events:
            name = getattr(event, "order_id", "")
            self.told[name].append(event.tag)  # type: ignore[attr-defined]
            if isinstance(event, OrderModifiedEvent):
                self.told_terms[name].append((event.price, event.amount))
            if isinstance(event, OrderFilledEvent):
                assert event.trading_pair == PAIR
                self.told_fills[name].append(event.exchange_trade_id)


TestTrading = Trading.TestCase
TestTrading.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
