"""What is asked of an open order, a change or its cancel, as the order itself takes it in: `in_flight_order.py` specifies
it, with a report of our own. And the journal's record of where it stands then, as `journal_records.changed` makes it."""

from connector.core.compiled.row_form cimport RowCopy, RowForm, got, put

from connector.core.amounts import ZERO
from connector.core.enums import OrderState
from connector.core.journal import OrderChanged
from connector.core.reports import OrderStatus
from connector.orders.changes import Change
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.life_cycle import MOVES

cdef type order_type = InFlightOrder
cdef object zero = ZERO
cdef object open_state = OrderState.OPEN, partial_state = OrderState.PARTIALLY_FILLED
cdef object modify_state = MOVES[OrderState.OPEN, OrderStatus.MODIFY_REQUESTED]
cdef object cancel_state = MOVES[OrderState.OPEN, OrderStatus.CANCEL_REQUESTED]

cdef RowForm order_form = RowForm(InFlightOrder)
cdef Py_ssize_t o_state = order_form.place("state"), o_amount = order_form.place("amount")
cdef Py_ssize_t o_trigger = order_form.place("trigger"), o_change = order_form.place("change")
cdef Py_ssize_t o_wanted = order_form.place("cancel_wanted"), o_asked = order_form.place("cancel_requested_ms")
cdef Py_ssize_t o_heard = order_form.place("last_update_ms"), o_largest = order_form.place("largest_amount")
cdef Py_ssize_t o_refused = order_form.place("refused_fills"), o_executed = order_form.place("executed_amount")
cdef Py_ssize_t o_lost = order_form.place("lost"), o_ghost = order_form.place("ghost")
cdef Py_ssize_t o_expiry = order_form.place("expiry"), o_rejection = order_form.place("rejection")
cdef Py_ssize_t o_unknown = order_form.place("unknown_since_ms"), o_told = order_form.place("creation_emitted")

cdef RowForm change_form = RowForm(Change)
cdef Py_ssize_t c_price = change_form.place("price"), c_amount = change_form.place("amount")
cdef RowForm record_form = RowForm(OrderChanged)
cdef Py_ssize_t r_price = record_form.place("wanted_price"), r_amount = record_form.place("wanted_amount")
cdef RowCopy record_of_order = RowCopy(
    record_form, order_form, "client_order_id", "state", "exchange_order_id", "amount", "price", "reported_executed",
    "reported_average_price", "venue_time_ms", "cancel_requested_ms", "unknown_since_ms", "lost", "ghost",
    "creation_emitted", "completion_emitted", "cancel_wanted", "largest_amount", "expiry", "changed_ms", "algo_id",
    "trigger", "child_finished",
)


cdef bint is_steady(object order) except -1:
    """Whether it rests at the venue, told as created, and nothing else is asked of it."""
    if type(order) is not order_type or not (got(order, o_state) is open_state or got(order, o_state) is partial_state):
        return False
    if got(order, o_trigger) is not None or got(order, o_change) is not None or got(order, o_told) is not True:
        return False
    if got(order, o_wanted) or got(order, o_asked) is not None or got(order, o_lost) or got(order, o_ghost):
        return False
    if got(order, o_expiry) is not None or got(order, o_rejection) is not None or got(order, o_unknown) is not None:
        return False
    # A state that its fills contradict is mended by the next report.
    return not got(order, o_executed) or (
        got(order, o_state) is partial_state and got(order, o_executed) < got(order, o_amount)
    )


cdef object wish_change(object order, object price, object amount, object now_ms):
    """A steady order is to become that."""
    cdef object change = change_form.fresh()
    put(change, c_price, price)
    put(change, c_amount, amount)
    heard(order, amount, now_ms)
    if got(order, o_executed):
        # Its fills keep it where it is.
        put(order, o_state, moved(order, modify_state))
    else:
        put(order, o_state, modify_state)
    put(order, o_change, change)
    return change


cdef object wish_cancel(object order, object now_ms):
    """A steady order is to be gone."""
    heard(order, zero, now_ms)
    put(order, o_state, moved(order, cancel_state) if got(order, o_executed) else cancel_state)
    put(order, o_asked, now_ms)
    put(order, o_wanted, True)


cdef object moved(object order, object state):
    """Where an order with fills stands, as `next_state` has it."""
    return MOVES[state, OrderStatus.PARTIALLY_FILLED]


cdef int heard(object order, object amount, object now_ms) except -1:
    put(order, o_refused, ())
    if got(order, o_amount) > got(order, o_largest):
        put(order, o_largest, got(order, o_amount))
    if amount > got(order, o_largest):
        put(order, o_largest, amount)
    if now_ms > got(order, o_heard):
        put(order, o_heard, now_ms)
    return 0


cdef object standing_record(object order):
    """As `journal_records.changed`, of an order that lives and was not rejected."""
    cdef object record = record_form.fresh(), change = got(order, o_change)
    record_of_order.into(record, order)
    if change is not None:
        put(record, r_price, got(change, c_price))
        put(record, r_amount, got(change, c_amount))
    return record
