"""The compiled short way of a fill, and the rows that it leaves behind; `plain/fill_way.py` specifies the one,
`orders/order_events.py` and `orders/journal_records.py` the others."""

from connector.core.compiled.row_form cimport RowCopy, RowForm, got, put

from connector.core.amounts import ZERO
from connector.core.enums import OrderState
from connector.core.events import OrderFilledEvent
from connector.core.journal import OrderChanged, OrderFilled, Telling
from connector.core.reports import Fill, OrderReport, OrderStatus
from connector.core.trade_fee import TokenAmount, TradeFee
from connector.orders import journal_records, order_events
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.life_cycle import MOVES

cdef object zero = ZERO
cdef object partial = OrderStatus.PARTIALLY_FILLED, filled_status = OrderStatus.FILLED
cdef object open_state = OrderState.OPEN, partial_state = OrderState.PARTIALLY_FILLED
cdef object cancel_state = OrderState.PENDING_CANCEL, filled_state = OrderState.FILLED
cdef dict moves = MOVES
cdef type order_type = InFlightOrder, report_type = OrderReport, fill_type = Fill
cdef type filled_type = OrderFilledEvent

cdef RowForm telling_form = RowForm(Telling)
cdef Py_ssize_t t_number = telling_form.place("number"), t_count = telling_form.place("count")
cdef object completed = order_events.completed
cdef object changed_plainly = journal_records.changed

cdef RowForm order_form = RowForm(InFlightOrder)
cdef Py_ssize_t o_amount = order_form.place("amount")
cdef Py_ssize_t o_price = order_form.place("price")
cdef Py_ssize_t o_state = order_form.place("state")
cdef Py_ssize_t o_exchange = order_form.place("exchange_order_id"), o_trigger = order_form.place("trigger")
cdef Py_ssize_t o_reported = order_form.place("reported_executed"), o_fills = order_form.place("fills")
cdef Py_ssize_t o_average = order_form.place("reported_average_price"), o_heard = order_form.place("last_update_ms")
cdef Py_ssize_t o_venue = order_form.place("venue_time_ms"), o_unknown = order_form.place("unknown_since_ms")
cdef Py_ssize_t o_change = order_form.place("change"), o_changed = order_form.place("changed_ms")
cdef Py_ssize_t o_lost = order_form.place("lost"), o_ghost = order_form.place("ghost")
cdef Py_ssize_t o_expiry = order_form.place("expiry"), o_rejection = order_form.place("rejection")
cdef Py_ssize_t o_largest = order_form.place("largest_amount"), o_refused = order_form.place("refused_fills")
cdef Py_ssize_t o_created_told = order_form.place("creation_emitted")
cdef Py_ssize_t o_completed_told = order_form.place("completion_emitted")
cdef Py_ssize_t o_executed = order_form.place("executed_amount"), o_value = order_form.place("executed_amount_quote")

cdef RowForm report_form = RowForm(OrderReport)
cdef Py_ssize_t r_status = report_form.place("status"), r_exchange = report_form.place("exchange_order_id")
cdef Py_ssize_t r_time = report_form.place("time_ms"), r_amount = report_form.place("amount")
cdef Py_ssize_t r_price = report_form.place("price"), r_executed = report_form.place("executed_amount")
cdef Py_ssize_t r_average = report_form.place("average_price"), r_fills = report_form.place("fills")
cdef Py_ssize_t r_expiry = report_form.place("expiry"), r_rejection = report_form.place("rejection")
cdef Py_ssize_t r_conditional = report_form.place("conditional")

cdef RowForm fill_form = RowForm(Fill)
cdef Py_ssize_t f_trade = fill_form.place("trade_id"), f_price = fill_form.place("price")
cdef Py_ssize_t f_amount = fill_form.place("amount")
cdef Py_ssize_t f_time = fill_form.place("time_ms")

cdef RowForm event_form = RowForm(OrderFilledEvent)
cdef Py_ssize_t e_trade = event_form.place("exchange_trade_id")
cdef Py_ssize_t e_time = event_form.place("timestamp"), e_fee = event_form.place("trade_fee")
cdef RowCopy event_of_order = RowCopy(
    event_form, order_form, "trading_pair", "trade_type", "order_type", "exchange_order_id", "leverage",
    order_id="client_order_id", position="position_action",
)
cdef RowCopy event_of_fill = RowCopy(
    event_form, fill_form, "price", "amount", "realized_pnl", "is_maker", exchange_trade_id="trade_id"
)
cdef RowForm fee_form = RowForm(TradeFee), token_form = RowForm(TokenAmount)
cdef Py_ssize_t fee_flat = fee_form.place("flat_fees")
cdef RowCopy token_of_fill = RowCopy(token_form, fill_form, token="fee_asset", amount="fee_amount")

cdef RowForm trade_form = RowForm(OrderFilled)
cdef RowCopy trade_of_order = RowCopy(trade_form, order_form, "client_order_id", "symbol")
cdef RowCopy trade_of_fill = RowCopy(
    trade_form, fill_form, "trade_id", "price", "amount", "fee_asset", "fee_amount", "realized_pnl", "is_maker",
    "time_ms", "position_side",
)
cdef RowForm change_form = RowForm(OrderChanged)
cdef Py_ssize_t c_reason = change_form.place("reason")
cdef RowCopy change_of_order = RowCopy(
    change_form, order_form, "client_order_id", "state", "exchange_order_id", "amount", "price", "reported_executed",
    "reported_average_price", "venue_time_ms", "cancel_requested_ms", "unknown_since_ms", "lost", "ghost",
    "creation_emitted", "completion_emitted", "cancel_wanted", "largest_amount", "expiry", "changed_ms", "algo_id",
    "trigger", "child_finished",
)


cpdef object filled_event(object order, object fill):
    """As `order_events.filled`."""
    if type(order) is not order_type or type(fill) is not fill_type:
        raise TypeError("an order and a fill are wanted")
    cdef object row = event_form.fresh(), fee = fee_form.fresh(), token = token_form.fresh()
    event_of_order.into(row, order)
    event_of_fill.into(row, fill)
    token_of_fill.into(token, fill)
    put(fee, fee_flat, (token,))
    put(row, e_fee, fee)
    put(row, e_time, got(fill, f_time) / 1000)
    return row


cpdef object filled_record(object order, object fill):
    """As `journal_records.filled`."""
    if type(order) is not order_type or type(fill) is not fill_type:
        raise TypeError("an order and a fill are wanted")
    cdef object row = trade_form.fresh()
    trade_of_order.into(row, order)
    trade_of_fill.into(row, fill)
    return row


cpdef object changed_record(object order, str reason=""):
    """As `journal_records.changed`."""
    if type(order) is not order_type or got(order, o_change) is not None or got(order, o_rejection) is not None:
        return changed_plainly(order, reason)
    cdef object row = change_form.fresh()
    change_of_order.into(row, order)
    put(row, c_reason, reason)
    return row


def telling(order, tuple events, number, str reason):
    """What is written before events are told: first the telling, last where the order stands."""
    cdef list records = [None]
    cdef object event
    for event in events:
        if type(event) is filled_type:
            records.append(filled_record(order, (<dict>got(order, o_fills))[got(event, e_trade)]))
    records.append(changed_record(order, reason))
    cdef object told = telling_form.fresh()
    put(told, t_number, number)
    put(told, t_count, len(records) - 1)
    records[0] = told
    return records


def filled_shortly(order, report, now_ms):
    """Change by one report; return what is new for the bot. None, and nothing has changed: it goes the whole way."""
    if type(order) is not order_type or type(report) is not report_type or not is_plain(order, report):
        return None
    cdef object fill = (<tuple>got(report, r_fills))[0], fills = got(order, o_fills)
    cdef object amount = got(order, o_amount), largest = got(order, o_largest), told = got(report, r_executed)
    cdef object bought = got(fill, f_amount), executed = got(order, o_executed)
    if amount is not largest and amount > largest:
        largest = amount
    if type(fill) is not fill_type or told is None or got(fill, f_trade) in fills:
        return None
    executed = executed + bought
    if not bought > zero:
        return None
    # What leaves something of the order is possible, too: most trades are asked no more.
    cdef bint is_full = not executed < amount
    if is_full and executed > largest:
        return None
    put(order, o_refused, ())
    put(order, o_largest, largest)
    fills[got(fill, f_trade)] = fill
    put(order, o_executed, executed)
    put(order, o_value, got(order, o_value) + bought * got(fill, f_price))
    note_figures(order, report, now_ms)
    if got(order, o_amount) is not amount:
        amount = got(order, o_amount)
    if got(report, r_status) is filled_status and amount >= told:
        told = amount
    if got(order, o_reported) <= told and told <= largest:
        put(order, o_reported, told)
        if got(report, r_average):
            put(order, o_average, got(report, r_average))
    note_state(order, got(report, r_status), is_full)
    cdef object event = filled_event(order, fill)
    if got(order, o_state) is not filled_state or got(order, o_reported) > executed:
        return (event,)
    put(order, o_completed_told, True)
    return event, completed(order, (got(report, r_time) or now_ms) / 1000)


cdef bint is_plain(object order, object report) except -1:
    cdef object status = got(report, r_status), state = got(order, o_state)
    if len(<tuple>got(report, r_fills)) != 1 or not (status is partial or status is filled_status):
        return False
    if not (state is open_state or state is partial_state or state is cancel_state):
        return False
    if not got(order, o_created_told) or got(order, o_completed_told) or got(order, o_ghost):
        return False
    if got(order, o_trigger) is not None or got(order, o_change) is not None or not got(order, o_amount):
        return False
    if got(report, r_expiry) is not None or got(report, r_rejection) is not None:
        return False
    if got(report, r_conditional) is not None:
        return False
    return is_same(got(report, r_amount), got(order, o_amount)) and is_same(got(report, r_price), got(order, o_price))


cdef inline bint is_same(object one, object other) except -1:
    """Amounts that were read of one text are one object, as a rule."""
    return one is other or one == other


cdef int note_figures(object order, object report, object now_ms) except -1:
    """The terms are the same, but the newest way to write them stays."""
    cdef object time_ms = got(report, r_time)
    if not time_ms or (time_ms > got(order, o_changed) and time_ms >= got(order, o_venue)):
        put(order, o_amount, got(report, r_amount))
        if got(report, r_price):
            put(order, o_price, got(report, r_price))
    if not got(order, o_exchange):
        put(order, o_exchange, got(report, r_exchange))
    if now_ms > got(order, o_heard):
        put(order, o_heard, now_ms)
    if time_ms > got(order, o_venue):
        put(order, o_venue, time_ms)
    return 0


cdef int note_state(object order, object status, bint is_full) except -1:
    cdef object before = got(order, o_state)
    cdef object after = filled_state if is_full else moves[moves[before, status], partial]
    if after is not before:
        put(order, o_state, after)
        put(order, o_expiry, None)
        put(order, o_rejection, None)
    put(order, o_lost, False)
    put(order, o_unknown, None)
    return 0
