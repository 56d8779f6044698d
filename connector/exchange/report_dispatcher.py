"""The one door: every report of the venue enters here, whatever way it came."""

import logging
from collections.abc import Callable, Iterable
from decimal import Decimal

from connector.account.ledger import Ledger
from connector.account.order_traffic import OrderTraffic
from connector.account.told_transfers import ToldTransfers
from connector.core.account_events import ForeignFillEvent
from connector.core.clock import Clock
from connector.core.events import Event, OrderFilledEvent
from connector.core.reports import AccountReport, Fill, ListenKeyExpired, OrderReport, TradeHint, UserReport
from connector.exchange.bus import Bus
from connector.exchange.order_journaling import OrderJournaling
from connector.orders.foreign_fills import ForeignFills
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.tracker import Tracker

_LOG = logging.getLogger(__name__)
#: Takes a report, and the time of this machine (ms).
Watcher = Callable[[UserReport, int], tuple[Event, ...]]


class ReportDispatcher:
    """Reports in, events out: orders change in the tracker, the account in the ledger, and listeners hear.

    What changed is in the journal before a listener hears of it.
    """

    def __init__(
        self,
        tracker: Tracker,
        ledger: Ledger,
        bus: Bus,
        clock: Clock,
        journaling: OrderJournaling,
        traffic: OrderTraffic,
        foreign: ForeignFills | None = None,
    ) -> None:
        """`foreign`: trades of others on the account; None: they are no matter."""
        self.tracker, self.traffic = tracker, traffic
        self._ledger = ledger
        self.bus = bus
        self._clock = clock
        self.journaling = journaling
        self._foreign = foreign
        self._watchers: list[Watcher] = []
        #: Of money that came or went; who reads the account book asks it, too.
        self.transfers = ToldTransfers()
        #: The price of our last trade of each pair.
        self.own_prices: dict[str, Decimal] = {}

    def watch(self, watcher: Watcher) -> None:
        """`watcher` takes each report once it is taken in, and returns what is told of it besides."""
        self._watchers.append(watcher)

    def dispatch(self, report: UserReport) -> None:
        try:
            self._take(report, self._clock.now_ms())
        finally:
            # Who hears of it does not wait for the line.
            _LOG.debug("%s", report)

    def _take(self, report: UserReport, now_ms: int) -> None:
        match report:
            case OrderReport():
                events = self.tracker.apply(report, now_ms)
                is_own = self.tracker.find(report) is not None
                self.traffic.take(report, is_own=is_own)
                side, of_venue = report.trade_type, () if is_own else self.tracker.system_orders.new_fills(report)
                for event in events:
                    if isinstance(event, OrderFilledEvent):
                        self.own_prices[event.trading_pair] = event.price
                number = self.journaling.order_changed(report, events)
                self.bus.publish(events)
                self.journaling.told(number)
                # What explains the next snapshot can wait until the trade was heard.
                for event in events:
                    if isinstance(event, OrderFilledEvent):
                        self._ledger.explain(event)
                if side is not None:
                    for fill in of_venue:
                        self._ledger.explain_of_another(report.symbol, side, fill)
                if not is_own and self._foreign is not None and report.fills and not self._is_known(report):
                    self._explain_unnamed(report)
                    self._take_foreign(report, self._foreign.fresh(report))
            case ListenKeyExpired() | TradeHint():
                return
            case _:
                events = self._ledger.apply(report, now_ms)
                if isinstance(report, AccountReport):
                    events += self.transfers.pushed(report)
                number = self.journaling.account_changed(report, events)
                self.bus.publish(events)
                self.journaling.told(number)
        self._tell_watchers(report, now_ms)

    def follow(self, order: InFlightOrder, report: OrderReport) -> None:
        """A word of our own that brings no event has changed its order already, and is written: all that follows."""
        now_ms = self._clock.now_ms()
        self.tracker.file(order, now_ms)
        self.traffic.take(report, is_own=True)
        self._tell_watchers(report, now_ms)
        _LOG.debug("%s", report)

    def end_relayed(self, report: OrderReport, event: OrderFilledEvent, number: int, now_ms: int) -> None:
        """What follows once the bot has heard of a trade by the short way (`fill_relay`)."""
        try:
            self.traffic.tell_late()
            self.journaling.told(number)
            self._ledger.explain(event)
            self._tell_watchers(report, now_ms)
        finally:
            _LOG.debug("%s", report)

    def _tell_watchers(self, report: UserReport, now_ms: int) -> None:
        for watcher in self._watchers:
            if told := watcher(report, now_ms):
                self.bus.publish(told)

    def give_up_trades(self, end: OrderReport) -> None:
        """The trades of one of the venue's own orders, which is over, can't be had: it is told without them."""
        events, lacking = self.tracker.system_orders.give_up(end)
        for fill in lacking:
            if end.trade_type is not None:
                self._ledger.explain_of_another(end.symbol, end.trade_type, fill)
        self.bus.publish(events)

    def unnamed_trades(self) -> tuple[OrderReport, ...]:
        """Trades of the list, the oldest first, that are of no order known here, nor of the venue."""
        if self._foreign is None:
            return ()
        for report in self._foreign.unnamed():
            if self._is_known(report):
                self._foreign.forget(report)
        return self._foreign.unnamed()

    def settle_unnamed_trade(self, report: OrderReport, *, tells: bool) -> None:
        """One of them is another's, whose order can't be had, or not to be told."""
        if self._foreign is not None and tells:
            self._take_foreign(report, self._foreign.told_without_name(report))
        elif self._foreign is not None:
            self._foreign.forget(report)

    def _is_known(self, report: OrderReport) -> bool:
        """Whether its order is ours, or the venue's own."""
        return self.tracker.find(report) is not None or self.tracker.system_orders.knows(report)

    def _explain_unnamed(self, report: OrderReport) -> None:
        """A trade of the account's list moved its position, whoever's it turns out to be."""
        for fill in report.fills if not report.client_order_id else ():
            if report.trade_type is not None:
                self._ledger.explain_of_another(report.symbol, report.trade_type, fill)

    def _take_foreign(self, report: OrderReport, fresh: Iterable[tuple[ForeignFillEvent, Fill]]) -> None:
        """A trade of another explains a position as one of ours does."""
        for event, fill in fresh:
            self._ledger.explain_of_another(report.symbol, event.trade_type, fill)
            self.bus.publish((event,))
