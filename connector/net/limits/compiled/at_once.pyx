"""Requests that need not wait, compiled; `plain/at_once.py` specifies it, and is asked for whatever does
not just leave: in a silence, as the first of a window, across a threshold, and where it has to wait."""

from connector.core.compiled.row_form cimport got, put, slot_of

from connector.net.limits.limit_pause import LimitPause
from connector.net.limits.limit_window import (
    COUNT_STALE_AFTER_MS,
    MOST_IN_FLIGHT_UNSURE,
    OTHERS_FRESH_FOR,
    OTHERS_FRESH_MS,
    LimitWindow,
)
from connector.net.limits.plain import at_once as plain
from connector.net.limits.throttle import LimitPool, Throttle, Ticket

cdef extern from "Python.h":
    object PyType_GenericAlloc(type kind, Py_ssize_t items)
    # By calls, and not written out at each place: code that lies in few lines of memory is what an idle processor has soon.
    long long number_of "PyLong_AsLongLong"(object number) except? -1
    object number_as "PyLong_FromLongLong"(long long number)

cdef type throttle_type = Throttle, ticket_type = Ticket, pool_type = LimitPool, window_type = LimitWindow
cdef Py_ssize_t t_cost = slot_of(Ticket, "cost"), t_number = slot_of(Ticket, "number"), t_sent = slot_of(Ticket, "sent_ms")
cdef Py_ssize_t h_address = slot_of(Throttle, "address"), h_account = slot_of(Throttle, "account")
cdef Py_ssize_t p_number = slot_of(LimitPool, "number"), p_pause = slot_of(LimitPool, "pause")
cdef Py_ssize_t p_windows = slot_of(LimitPool, "windows")
cdef Py_ssize_t s_on = slot_of(LimitPause, "is_on"), s_gentle = slot_of(LimitPause, "_gentle_until_ms")
cdef Py_ssize_t w_index = slot_of(LimitWindow, "index"), w_window = slot_of(LimitWindow, "window_ms")
cdef Py_ssize_t w_slot = slot_of(LimitWindow, "slot"), w_most = slot_of(LimitWindow, "_most")
cdef Py_ssize_t w_own_most = slot_of(LimitWindow, "_own_most"), w_own = slot_of(LimitWindow, "own")
cdef Py_ssize_t w_told = slot_of(LimitWindow, "_told"), w_untold = slot_of(LimitWindow, "_untold")
cdef Py_ssize_t w_pending = slot_of(LimitWindow, "pending"), w_told_ms = slot_of(LimitWindow, "_told_ms")
cdef Py_ssize_t w_flight = slot_of(LimitWindow, "in_flight"), w_shared = slot_of(LimitWindow, "_shared")
cdef Py_ssize_t w_unseen = slot_of(LimitWindow, "_unseen"), w_others_ms = slot_of(LimitWindow, "_others_ms")
cdef Py_ssize_t w_others = slot_of(LimitWindow, "_others"), w_cell = slot_of(LimitWindow, "_cell")
cdef Py_ssize_t w_next = slot_of(LimitWindow, "_next_at")

cdef long long most_unsure = MOST_IN_FLIGHT_UNSURE, stale_ms = COUNT_STALE_AFTER_MS
cdef long long others_fresh_ms = OTHERS_FRESH_MS, others_fresh_for = OTHERS_FRESH_FOR


def ticket_at_once(throttle, cost, priority, now_ms, steady_ms):
    return ticket_now(throttle, cost, priority, now_ms, steady_ms)


cdef object ticket_now(object throttle, object cost, object priority, long long now_ms, long long steady_ms):
    """As `ticket_at_once`."""
    if type(throttle) is not throttle_type:
        return plain.ticket_at_once(throttle, cost, priority, now_ms, steady_ms)
    cdef object address = got(throttle, h_address), account = got(throttle, h_account), number, ticket
    cdef bint is_order = number_of((<tuple>cost)[1]) != 0
    if not pool_lets_out(address, cost, priority, now_ms, steady_ms) or (
        is_order and not pool_lets_out(account, cost, priority, now_ms, steady_ms)
    ):
        return plain.ticket_at_once(throttle, cost, priority, now_ms, steady_ms)
    cdef long long last = counted(address, p_number), other = counted(account, p_number)
    if other > last:
        last = other
    number = number_as(last + 1)
    put(address, p_number, number)
    put(account, p_number, number)
    spend(address, cost)
    if is_order:
        spend(account, cost)
    ticket = PyType_GenericAlloc(ticket_type, 0)
    put(ticket, t_cost, cost)
    put(ticket, t_number, number_as(last))
    put(ticket, t_sent, number_as(now_ms))
    return ticket


cdef long long counted(object row, Py_ssize_t place) except? -1:
    """A number that a row holds."""
    return number_of(got(row, place))


cdef int add(object row, Py_ssize_t place, long long amount) except -1:
    put(row, place, number_as(number_of(got(row, place)) + amount))
    return 0


cdef long long part_of(object cost, object window) except? -1:
    """What a window counts of a cost."""
    return number_of((<tuple>cost)[<Py_ssize_t>counted(window, w_slot)])


cdef bint pool_lets_out(object pool, object cost, object priority, long long now_ms, long long steady_ms) except -1:
    cdef object pause = got(pool, p_pause), windows = got(pool, p_windows), window
    cdef long long amount
    cdef Py_ssize_t place
    if got(pause, s_on) is not False:
        return False
    cdef bint gently = steady_ms < counted(pause, s_gentle)
    for place in range(len(<list>windows)):
        window = (<tuple>(<list>windows)[place])[0]
        amount = part_of(cost, window)
        if amount and not window_lets_out(window, amount, priority, now_ms, steady_ms, gently):
            return False
    return True


cdef bint window_lets_out(
    object window, long long amount, object priority, long long now_ms, long long steady_ms, bint gently
) except -1:
    cdef long long most = number_of((<dict>got(window, w_most))[priority])
    cdef long long own_most = number_of((<dict>got(window, w_own_most))[priority])
    cdef long long under_way = counted(window, w_untold) + counted(window, w_pending)
    cdef long long told = counted(window, w_told), used = told + under_way, told_ms = -1, others_told_ms
    cdef object told_at = got(window, w_told_ms), next_at = got(window, w_next), others
    if now_ms // counted(window, w_window) != counted(window, w_index):
        return False
    if told_at is not None:
        told_ms = number_of(told_at)
    if got(window, w_shared) is not None:
        if not is_fresh(window, steady_ms):
            window._look_at_others(steady_ms)
        others = got(window, w_others)
        others_told_ms = number_of((<tuple>others)[1])
        if others_told_ms > (told_ms if told_ms > 0 else 0):
            used, told_ms = max(used, number_of((<tuple>others)[0]) + under_way), others_told_ms
        used += number_of((<tuple>others)[2])
    if used + (amount if amount < most else most) > most:
        return False
    if counted(window, w_own) + (amount if amount < own_most else own_most) > own_most:
        return False
    if counted(window, w_flight) >= most_unsure and (gently or told_ms < 0 or steady_ms - told_ms > stale_ms):
        return False
    # What crosses a threshold is told; a float is infinite.
    return type(next_at) is float or told + under_way + amount < number_of(next_at)


cdef bint is_fresh(object window, long long steady_ms) except -1:
    """Whether what others use was looked at a moment ago."""
    return counted(window, w_unseen) < others_fresh_for and steady_ms - counted(window, w_others_ms) < others_fresh_ms


cdef int spend(object pool, object cost) except -1:
    cdef object windows = got(pool, p_windows), window, cell
    cdef long long amount
    cdef Py_ssize_t place
    for place in range(len(<list>windows)):
        window = (<tuple>(<list>windows)[place])[0]
        amount = part_of(cost, window)
        if not amount:
            continue
        add(window, w_pending, amount)
        add(window, w_own, amount)
        add(window, w_flight, 1)
        cell = got(window, w_cell)
        if cell is not None:
            add(window, w_unseen, 1)
            cell.publish_open(got(window, w_index), number_as(counted(window, w_untold) + counted(window, w_pending)))
    return 0
