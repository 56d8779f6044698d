"""The one door: every report of the venue enters here, whatever way it came."""

import logging

from connector.account.ledger import Ledger
from connector.account.order_traffic import OrderTraffic
from connector.core.clock import Clock
from connector.core.events import OrderFilledEvent
from connector.core.reports import ListenKeyExpired, OrderReport, TradeHint, UserReport
from connector.exchange.bus import Bus
from connector.exchange.order_journaling import OrderJournaling
from connector.orders.tracker import Tracker

_LOG = logging.getLogger(__name__)


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
    ) -> None:
        self._tracker, self._traffic = tracker, traffic
        self._ledger = ledger
        self._bus = bus
        self._clock = clock
        self._journaling = journaling

    def dispatch(self, report: UserReport) -> None:
        _LOG.debug("%s", report)
        now_ms = self._clock.now_ms()
        match report:
            case OrderReport():
                events = self._tracker.apply(report, now_ms)
                self._traffic.take(report, is_own=self._tracker.find(report) is not None)
                for event in events:
                    if isinstance(event, OrderFilledEvent):
                        self._ledger.explain(event)
                if report.fills and report.trade_type is not None:
                    for fill in self._tracker.fills_of_the_venue(report):
                        self._ledger.explain_closed_by_venue(report.symbol, report.trade_type, fill)
                number = self._journaling.order_changed(report, events)
                self._bus.publish(events)
                self._journaling.told(number)
            case ListenKeyExpired() | TradeHint():
                return
            case _:
                events = self._ledger.apply(report, now_ms)
                number = self._journaling.account_changed(report, events)
                self._bus.publish(events)
                self._journaling.told(number)
