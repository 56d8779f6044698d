"""A usual trade of an order of ours, from the bytes of its event to the bot's listeners, and nothing on the way that
can wait until they have heard.

    read ─▶ dated soundly? ─▶ order ─▶ journal ─▶ listeners ─▶ budget, ledger, watchers
                                   └▶ queued for the budget, which counts it before it is asked

What is changed, told and written in the end is what the whole way would (`ReportDispatcher`, from which this one's
parts are taken). Whatever else an event says goes that way, and so does a trade that is not usual
(`orders/fill_way.py`).
"""

from collections.abc import Callable

from connector.core.clock import Clock
from connector.core.enums import OrderState
from connector.core.events import Event, OrderFilledEvent
from connector.core.reports import AccountReport, OrderReport, TradeHint, UserReport
from connector.exchange.order_journaling import NOTHING
from connector.exchange.report_dispatcher import ReportDispatcher
from connector.net.clock_meter import ClockMeter
from connector.orders.fill_way import filled_shortly
from connector.wire.user_events import UserEventReader

#: Takes what was told of: the report, its trade, the telling's number, and the time of this machine (ms).
AfterFill = Callable[[OrderReport, OrderFilledEvent, int, int], None]


class FillRelay:
    """Reads the frames of a user stream, and takes the usual trades in. `relayed` counts these."""

    def __init__(
        self, reader: UserEventReader, meter: ClockMeter, clock: Clock, dispatcher: ReportDispatcher, after: AfterFill
    ) -> None:
        """`after` is called when the bot has heard of a trade."""
        self.relayed = 0
        self._reader, self._meter, self._clock, self._after = reader, meter, clock, after
        self._tracker, self._journaling, self._bus = dispatcher.tracker, dispatcher.journaling, dispatcher.bus
        self._traffic, self._others = dispatcher.traffic, dispatcher.traffic.by_exchange_id
        self._kept_back = self._journaling.kept_back
        self._orders, self._changed = self._tracker.by_client_id, self._tracker.changed_orders
        self._late, self._own_prices = self._traffic.late_fills, dispatcher.own_prices
        #: What is dated so far from this machine's clock needs no other judge, while the meter's measure is this one.
        self._least_ms = self._most_ms = self._measured = -1

    def take(self, frame: bytes) -> tuple[UserReport, ...]:
        """What a frame reports and is not taken in by this. Raises `UnreadableFault` for what can't be so."""
        reports = self._reader.read(frame)
        now_ms = self._clock.now_ms()
        for report in reports:
            self._judge(report, now_ms)
        if len(reports) != 1:
            return reports
        report = reports[0]
        return () if type(report) is OrderReport and report.fills and self._is_told(report, now_ms) else reports

    def _judge(self, report: UserReport, now_ms: int) -> None:
        kind = type(report)
        if kind is not OrderReport and kind is not AccountReport and kind is not TradeHint:
            return  # it states no time that would outlast it
        latest_ms: int = report.time_ms  # type: ignore[union-attr]
        if kind is OrderReport:
            for fill in report.fills:  # type: ignore[union-attr]
                latest_ms = max(latest_ms, fill.time_ms)
        if not latest_ms:
            return
        if self._measured != self._meter.measured:
            self._measured = self._meter.measured
            self._least_ms, self._most_ms = self._meter.usual_ms()
        if not self._least_ms < latest_ms - now_ms < self._most_ms:
            self._meter.judge_pushed(latest_ms, "user event")

    def _is_told(self, report: OrderReport, now_ms: int) -> bool:
        order = self._orders.get(report.client_order_id)
        if order is None or self._kept_back or report.trade_type is not order.trade_type:
            return False
        had_id = bool(order.exchange_order_id)
        events = filled_shortly(order, report, now_ms)
        if events is None:
            return False
        self.relayed += 1
        self._late.append((order, report.fills[0]))
        is_over = order.state is OrderState.FILLED
        if is_over:
            self._tracker.file(order, now_ms)
        else:
            # As `Tracker.file` does of an order that goes on, but for the budget.
            self._changed[order.client_order_id] = order
            if not had_id and order.exchange_order_id:
                self._tracker.by_exchange_id[order.symbol, order.exchange_order_id] = order
        if self._others:
            self._traffic.became_ours(report)
        reason = report.expiry_reason if is_over else ""
        trade: Event = events[0]
        if not isinstance(trade, OrderFilledEvent):
            raise TypeError("a trade is told first")
        self._own_prices[trade.trading_pair] = trade.price
        number = self._journaling.telling(order, events, reason) if self._journaling.is_kept else NOTHING
        self._bus.publish(events)
        self._after(report, trade, number, now_ms)
        return True
