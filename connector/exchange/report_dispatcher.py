"""The one door: every report of the venue enters here, whatever way it came."""

import logging

from connector.account.ledger import Ledger
from connector.core.clock import Clock
from connector.core.events import OrderFilledEvent
from connector.core.reports import ListenKeyExpired, OrderReport, UserReport
from connector.exchange.bus import Bus
from connector.orders.tracker import Tracker

_LOG = logging.getLogger(__name__)


class ReportDispatcher:
    """Reports in, events out: orders change in the tracker, the account in the ledger, and listeners hear."""

    def __init__(self, tracker: Tracker, ledger: Ledger, bus: Bus, clock: Clock) -> None:
        self._tracker = tracker
        self._ledger = ledger
        self._bus = bus
        self._clock = clock

    def dispatch(self, report: UserReport) -> None:
        _LOG.debug("%s", report)
        now_ms = self._clock.now_ms()
        match report:
            case OrderReport():
                events = self._tracker.apply(report, now_ms)
                for event in events:
                    if isinstance(event, OrderFilledEvent):
                        self._ledger.explain(event)
                self._bus.publish(events)
            case ListenKeyExpired():
                return
            case _:
                self._bus.publish(self._ledger.apply(report, now_ms))
