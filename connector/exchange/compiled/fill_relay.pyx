"""The compiled way of a usual trade to the bot's listeners; `plain/fill_relay.py` specifies it."""

from connector.core.compiled.record_taker cimport RecordTaker
from connector.core.compiled.row_form cimport RowForm, got

import logging
import time

from connector.core.enums import OrderState
from connector.core.event_tags import MarketEvent
from connector.core.events import OrderFilledEvent
from connector.core.reports import AccountReport, Fill, OrderReport, TradeHint
from connector.net.system_clock import STEADY, SystemClock
from connector.orders.compiled.fill_way import filled_shortly, telling
from connector.orders.in_flight_order import InFlightOrder

_LOG = logging.getLogger("connector.exchange.bus")

cdef type order_type = InFlightOrder, report_type = OrderReport, fill_type = Fill
cdef type account_type = AccountReport, hint_type = TradeHint
#: As `SystemClock.now_ms`, without its call.
cdef object read_clock = getattr(time, "clock_gettime_ns", None), steady = STEADY
cdef object filled_state = OrderState.FILLED, filled_tag = MarketEvent.OrderFilled
cdef object short_way = filled_shortly, lines_to_tell = telling

cdef RowForm report_form = RowForm(OrderReport)
cdef Py_ssize_t r_client = report_form.place("client_order_id"), r_time = report_form.place("time_ms")
cdef Py_ssize_t r_fills = report_form.place("fills"), r_side = report_form.place("trade_type")
cdef Py_ssize_t r_reason = report_form.place("expiry_reason")
cdef RowForm fill_form = RowForm(Fill)
cdef Py_ssize_t f_time = fill_form.place("time_ms")
cdef RowForm event_form = RowForm(OrderFilledEvent)
cdef Py_ssize_t e_pair = event_form.place("trading_pair"), e_price = event_form.place("price")
cdef RowForm order_form = RowForm(InFlightOrder)
cdef Py_ssize_t o_exchange = order_form.place("exchange_order_id"), o_side = order_form.place("trade_type")
cdef Py_ssize_t o_state = order_form.place("state"), o_symbol = order_form.place("symbol")


cdef class FillRelay:
    """Reads the frames of a user stream, and takes the usual trades in. `relayed` counts these."""

    cdef readonly long long relayed
    cdef object read, clock_ms, meter, after, tracker, traffic, publish, append, numbers
    cdef object wall_ahead_ns
    cdef dict orders, others, changed, by_exchange_id, hearers, written, kept_back, own_prices
    cdef list late
    # The journal's file, where records go straight to one.
    cdef RecordTaker taker
    cdef bint is_kept, is_system_clock
    cdef long long least_ms, most_ms
    cdef object measured

    def __init__(self, reader, meter, clock, dispatcher, after):
        self.relayed = 0
        self.read, self.clock_ms, self.meter, self.after = reader.read, clock.now_ms, meter, after
        journaling = dispatcher.journaling
        self.tracker = dispatcher.tracker
        self.traffic, self.publish = dispatcher.traffic, dispatcher.bus.publish
        self.orders, self.changed = self.tracker.by_client_id, self.tracker.changed_orders
        self.by_exchange_id, self.hearers = self.tracker.by_exchange_id, dispatcher.bus.hearers
        self.late, self.written = self.traffic.late_fills, journaling.written
        self.others, self.kept_back = self.traffic.by_exchange_id, journaling.kept_back
        self.is_kept, self.numbers = journaling.is_kept, journaling.numbers
        self.own_prices = dispatcher.own_prices
        self.is_system_clock = type(clock) is SystemClock
        self.wall_ahead_ns = clock.wall_ahead_ns if self.is_system_clock else 0
        self.append = journaling.journal.append
        log = getattr(journaling.journal, "log", None)
        if isinstance(log, RecordTaker) and (<RecordTaker>log).is_bare() and self.append == log.append:
            self.taker = log
        self.measured = None
        self.least_ms = self.most_ms = -1

    def take(self, frame):
        """What a frame reports and is not taken in by this. Raises `UnreadableFault` for what can't be so."""
        cdef tuple reports = self.read(frame)
        cdef object report, now
        if self.is_system_clock:
            now = (read_clock(steady) + self.wall_ahead_ns) // 1_000_000
        else:
            now = self.clock_ms()
        for report in reports:
            self.judge(report, now)
        if len(reports) != 1:
            return reports
        report = reports[0]
        if type(report) is report_type and <tuple>got(report, r_fills) and self.is_told(report, now):
            return ()
        return reports

    cdef int judge(self, object report, long long now_ms) except -1:
        cdef long long latest_ms, fill_ms
        cdef object fill
        if type(report) is report_type:
            latest_ms = got(report, r_time)
            for fill in <tuple>got(report, r_fills):
                fill_ms = fill.time_ms if type(fill) is not fill_type else got(fill, f_time)
                if fill_ms > latest_ms:
                    latest_ms = fill_ms
        elif type(report) is account_type or type(report) is hint_type:
            latest_ms = report.time_ms
        else:
            return 0  # it states no time that would outlast it
        if not latest_ms:
            return 0
        cdef object measured = self.meter.measured
        if measured != self.measured:
            self.measured = measured
            self.least_ms, self.most_ms = self.meter.usual_ms()
        if not self.least_ms < latest_ms - now_ms < self.most_ms:
            self.meter.judge_pushed(latest_ms, "user event")
        return 0

    cdef bint is_told(self, object report, object now) except -1:
        cdef str name = got(report, r_client)
        cdef object order = self.orders.get(name), number = 0
        if order is None or type(order) is not order_type or got(report, r_side) is not got(order, o_side):
            return False
        if self.kept_back:
            return False
        cdef bint had_id = bool(got(order, o_exchange))
        cdef tuple events = short_way(order, report, now)
        if events is None:
            return False
        # One that is filled by the exchange's word, and lacks a trade, is over too, and has no second event.
        cdef bint goes_on = got(order, o_state) is not filled_state, is_settled = len(events) > 1
        self.relayed += 1
        self.late.append((order, (<tuple>got(report, r_fills))[0]))
        if goes_on:
            self.changed[name] = order
            if not had_id and got(order, o_exchange):
                self.by_exchange_id[got(order, o_symbol), got(order, o_exchange)] = order
        else:
            self.tracker.file(order, now)
        if self.others:
            self.traffic.became_ours(report)
        cdef object event = events[0]
        self.own_prices[got(event, e_pair)] = got(event, e_price)
        if self.is_kept:
            number = self.write(order, name, events, "" if goes_on else got(report, r_reason), is_settled)
        if is_settled:
            self.publish(events)
        else:
            self.tell(event)
        self.after(report, event, number, now)
        return True

    cdef object write(self, object order, str name, tuple events, str reason, bint is_settled):
        """As `OrderJournaling.telling`."""
        cdef object number = next(self.numbers)
        cdef list records = lines_to_tell(order, events, number, reason)
        if is_settled:
            self.written.pop(name, None)
        else:
            self.written[name] = records[len(records) - 1]
        if self.taker is not None:
            self.taker.take_all(records)
        else:
            self.append(*records)
        return number

    cdef int tell(self, object event) except -1:
        """As `Bus.publish`."""
        for hearer in <tuple>self.hearers.get(filled_tag, ()):
            try:
                hearer(event)
            except Exception:
                _LOG.exception("a listener of %s failed", filled_tag.name)
        return 0
