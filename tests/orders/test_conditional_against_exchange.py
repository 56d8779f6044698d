"""The tracker beside a small exchange that keeps conditional orders apart: whatever is lost, late, doubled or told out
of turn, once both families were asked all is known, each event came once, and no amount counts twice.
"""

import json
from dataclasses import replace
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from connector.core.enums import OrderType, TriggerState
from connector.core.event_tags import MarketEvent
from connector.core.events import OrderFilledEvent
from connector.core.order_options import OrderOptions
from connector.core.reports import ConditionalReport, Fill, OrderReport, OrderStatus, ReportSource
from tests.companions.orders.scenes import SYMBOL, Watcher, fill, intent, tracker

AMOUNT = Decimal(3)
OPTIONS = OrderOptions(trigger_price=Decimal(110))
WANTED = replace(intent(amount=str(AMOUNT), price="112"), order_type=OrderType.STOP, options=OPTIONS)
ENDS = {
    OrderStatus.FILLED: MarketEvent.BuyOrderCompleted,
    OrderStatus.CANCELED: MarketEvent.OrderCancelled,
    OrderStatus.EXPIRED: MarketEvent.OrderExpired,
    OrderStatus.TRIGGER_REFUSED: MarketEvent.OrderFailure,
}


class Kept:
    """One conditional order as the exchange has it, and its child from the trigger on."""

    def __init__(self, number: int) -> None:
        self.algo_id, self.child_id = str(1_000 + number), str(8_000 + number)
        self.trigger = TriggerState.WAITING
        self.status = OrderStatus.NEW
        self.fills: list[Fill] = []
        self.time_ms = 1_000

    @property
    def executed(self) -> Decimal:
        return sum((one.amount for one in self.fills), Decimal(0))

    @property
    def is_open(self) -> bool:
        return self.status not in ENDS

    @property
    def trades(self) -> bool:
        return self.trigger is TriggerState.TRIGGERED and self.is_open


class Waiting(RuleBasedStateMachine):
    """Reports are drawn from `news` in any order, again and again, or never."""

    orders = Bundle("orders")
    news = Bundle("news")

    def __init__(self) -> None:
        super().__init__()
        self.desk = tracker()
        self.watcher = Watcher()
        self.watcher.watch(self.desk)
        self.kept: dict[str, Kept] = {}
        self.told: dict[str, list[MarketEvent]] = {}
        self.told_fills: dict[str, list[str]] = {}
        #: Ended before a restart: what comes late finds nobody, as it should.
        self.forgotten: set[str] = set()
        self.count = self.trades = 0
        self.now_ms = 1_000

    @rule(target=orders)
    def asks(self) -> str:
        self.count += 1
        name = f"desk-{self.count}"
        self.desk.open_order(WANTED, name, leverage=5, now_ms=self.now_ms)
        self.told[name], self.told_fills[name] = [], []
        return name

    @rule(target=news, name=orders)
    def arrives(self, name: str) -> object:
        if name in self.kept or name in self.forgotten:
            return multiple()
        self.kept[name] = Kept(self.count)
        return self._of_the_algo(name, TriggerState.WAITING)

    @rule(target=news, name=orders)
    def fires(self, name: str) -> object:
        one = self.kept.get(name)
        if one is None or one.trigger is not TriggerState.WAITING or not one.is_open:
            return multiple()
        one.trigger = TriggerState.TRIGGERED
        self._tick(one)
        return multiple(
            self._of_the_algo(name, TriggerState.TRIGGERING), self._of_the_algo(name), self._of_the_child(name)
        )

    @rule(target=news, name=orders)
    def is_refused_when_it_fires(self, name: str) -> object:
        one = self.kept.get(name)
        if one is None or one.trigger is not TriggerState.WAITING or not one.is_open:
            return multiple()
        one.trigger, one.status = TriggerState.REFUSED, OrderStatus.TRIGGER_REFUSED
        self._tick(one)
        return multiple(self._of_the_algo(name, TriggerState.TRIGGERING, OrderStatus.NEW), self._of_the_algo(name))

    @rule(target=news, name=orders, amount=st.sampled_from(["1", "2", "3"]))
    def trades_some(self, name: str, amount: str) -> object:
        one = self.kept.get(name)
        if one is None or not one.trades or one.executed + Decimal(amount) > AMOUNT:
            return multiple()
        self.trades += 1
        trade = fill(str(self.trades), amount, time_ms=self._tick(one))
        one.fills.append(trade)
        one.status = OrderStatus.FILLED if one.executed == AMOUNT else OrderStatus.PARTIALLY_FILLED
        told = self._of_the_child(name, trade)
        return told if one.is_open else multiple(told, self._of_the_algo(name))

    @rule(target=news, name=orders, end=st.sampled_from([OrderStatus.CANCELED, OrderStatus.EXPIRED]))
    def ends(self, name: str, end: OrderStatus) -> object:
        one = self.kept.get(name)
        if one is None or not one.is_open:
            return multiple()
        one.status = end
        self._tick(one)
        if one.trigger is TriggerState.WAITING:
            return self._of_the_algo(name)
        return multiple(self._of_the_child(name), self._of_the_algo(name))

    @rule(name=orders)
    def answer_is_lost(self, name: str) -> None:
        self._hear(OrderReport(ReportSource.ERROR, OrderStatus.OUTCOME_UNKNOWN, SYMBOL, name))

    @rule(name=orders, word=st.sampled_from([OrderStatus.CANCEL_REQUESTED, OrderStatus.CANCEL_REFUSED]))
    def cancel_is_on_its_way(self, name: str, word: OrderStatus) -> None:
        self._hear(OrderReport(ReportSource.LOCAL, OrderStatus.CANCEL_WANTED, SYMBOL, name))
        self._hear(OrderReport(ReportSource.LOCAL, word, SYMBOL, name))

    @rule(report=news)
    def hears(self, report: OrderReport) -> None:
        self._hear(report)

    @rule(report=consumes(news))
    def loses(self, report: OrderReport) -> None:
        """Nobody hears of it."""

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
            kinds = [tag for tag in told if tag is not MarketEvent.OrderFilled]
            assert len(kinds) == len(set(kinds)), (name, told)
            assert len(self.told_fills[name]) == len(set(self.told_fills[name])), name
            if MarketEvent.OrderFilled in told:
                turns = [told.index(tag) for tag in (MarketEvent.BuyOrderCreated, MarketEvent.OrderTriggered)]
                assert turns == sorted(turns), (name, told)
                assert turns[-1] < told.index(MarketEvent.OrderFilled), (name, told)

    def teardown(self) -> None:
        """Both families are asked, and the trades that are missing."""
        for name, one in self.kept.items():
            if name in self.forgotten:
                continue
            self._hear(self._of_the_algo(name))
            if one.trigger is TriggerState.TRIGGERED:
                self._hear(self._of_the_child(name))
                trades = OrderReport(
                    ReportSource.TRADES, OrderStatus.UNCHANGED, SYMBOL, "", one.child_id, fills=tuple(one.fills)
                )
                self._hear(trades)
            known = self.desk.order(name)
            assert known is not None
            assert (known.executed_amount, known.is_open, known.ghost) == (one.executed, one.is_open, False)
            assert known.trigger is one.trigger
            assert (MarketEvent.OrderTriggered in self.told[name]) == (one.trigger is TriggerState.TRIGGERED)
            if not one.is_open:
                assert ENDS[one.status] in self.told[name]
        self.nothing_is_told_twice_or_out_of_turn()

    def _tick(self, one: Kept) -> int:
        self.now_ms += 10
        one.time_ms = self.now_ms
        return self.now_ms

    def _of_the_algo(
        self, name: str, trigger: TriggerState | None = None, status: OrderStatus | None = None
    ) -> OrderReport:
        """What the conditional family says: of a child that is over, that it is."""
        one = self.kept[name]
        place = trigger or one.trigger
        has_child = place is TriggerState.TRIGGERED
        told = ConditionalReport(
            one.algo_id, place, has_child and not one.is_open, OrderType.STOP, OPTIONS, closes=False
        )
        word = status or (OrderStatus.NEW if has_child or trigger is not None else one.status)
        return OrderReport(
            ReportSource.STREAM, word, SYMBOL, name, one.child_id if has_child else "", one.time_ms,
            amount=AMOUNT, price=Decimal(112), executed_amount=one.executed or None, conditional=told,
        )  # fmt: skip

    def _of_the_child(self, name: str, *fills: Fill) -> OrderReport:
        one = self.kept[name]
        return OrderReport(
            ReportSource.STREAM, one.status, SYMBOL, name, one.child_id, one.time_ms,
            amount=AMOUNT, executed_amount=one.executed, fills=fills,
        )  # fmt: skip

    def _hear(self, report: OrderReport) -> None:
        self._note(self.desk.apply(report, self.now_ms))

    def _note(self, events: tuple[object, ...]) -> None:
        for event in events:
            name = getattr(event, "order_id", "")
            self.told[name].append(event.tag)  # type: ignore[attr-defined]
            if isinstance(event, OrderFilledEvent):
                self.told_fills[name].append(event.exchange_trade_id)


TestWaiting = Waiting.TestCase
TestWaiting.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
