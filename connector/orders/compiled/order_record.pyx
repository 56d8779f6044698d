"""An order before it leaves: its id, what is tracked of it, and the journal's record, as `client_order_ids.py`,
`tracker.py` and `journal_records.py` make them."""

from connector.core.compiled.row_form cimport RowCopy, RowForm, got, put, slot_of

from connector.core.enums import TradeType
from connector.core.intents import OrderIntent
from connector.core.journal import OrderIntended
from connector.core.trading_rule import TradingRule
from connector.orders.client_order_ids import ClientOrderIds
from connector.orders.in_flight_order import InFlightOrder

cdef extern from "Python.h":
    object PyUnicode_New(Py_ssize_t size, Py_UCS4 most)
    void* PyUnicode_DATA(object text)
    bint PyUnicode_IS_ASCII(object text)
    Py_ssize_t PyUnicode_GET_LENGTH(object text)

from libc.string cimport memcpy

cdef enum:
    COUNT_WIDTH = 6
    TIME_WIDTH = 8

cdef type own_form = ClientOrderIds
cdef object buy = TradeType.BUY, sell = TradeType.SELL
cdef Py_ssize_t i_tag = slot_of(ClientOrderIds, "tag"), i_started = slot_of(ClientOrderIds, "_started")
cdef Py_ssize_t i_count = slot_of(ClientOrderIds, "_count")
cdef const char* digits = b"0123456789abcdefghijklmnopqrstuvwxyz"

cdef RowForm order_form = RowForm(InFlightOrder), intent_form = RowForm(OrderIntent), rule_row = RowForm(TradingRule)
cdef Py_ssize_t o_name = order_form.place("client_order_id"), o_leverage = order_form.place("leverage")
cdef Py_ssize_t o_created = order_form.place("created_ms"), o_heard = order_form.place("last_update_ms")
cdef Py_ssize_t o_fills = order_form.place("fills")
cdef RowCopy order_of_intent = RowCopy(
    order_form, intent_form, "trading_pair", "trade_type", "order_type", "amount", "price", "position_action", "options"
)
cdef RowCopy order_of_rule = RowCopy(order_form, rule_row, "symbol", "base_asset", "quote_asset")
cdef RowForm record_form = RowForm(OrderIntended)
cdef RowCopy record_of_order = RowCopy(
    record_form, order_form, "client_order_id", "trading_pair", "symbol", "trade_type", "order_type", "amount", "price",
    "position_action", "leverage", "created_ms", "base_asset", "quote_asset",
)


cdef object minted(object ids, bint is_buy, object now_ms):
    """An id that was never given before."""
    cdef object count, tag, started, told
    cdef Py_ssize_t before, between
    cdef char* at
    cdef char counted[COUNT_WIDTH]
    cdef char timed[TIME_WIDTH]
    if type(ids) is not own_form:
        return ids.mint(buy if is_buy else sell, now_ms)
    count, tag, started = got(ids, i_count) + 1, got(ids, i_tag), got(ids, i_started)
    if not in_base_36(count, counted, COUNT_WIDTH) or not in_base_36(now_ms, timed, TIME_WIDTH):
        return ids.mint(buy if is_buy else sell, now_ms)
    put(ids, i_count, count)
    before, between = PyUnicode_GET_LENGTH(tag), PyUnicode_GET_LENGTH(started)
    told = PyUnicode_New(before + between + COUNT_WIDTH + TIME_WIDTH + 2, 127)
    at = <char*>PyUnicode_DATA(told)
    memcpy(at, PyUnicode_DATA(tag), before)
    at[before] = c"-"
    at += before + 1
    memcpy(at, PyUnicode_DATA(started), between)
    memcpy(at + between, counted, COUNT_WIDTH)
    memcpy(at + between + COUNT_WIDTH, timed, TIME_WIDTH)
    at[between + COUNT_WIDTH + TIME_WIDTH] = c"B" if is_buy else c"S"
    return told


cdef bint in_base_36(long long number, char* told, int width) noexcept:
    """False where it is wider."""
    cdef int place
    for place in range(width):
        told[width - 1 - place] = digits[number % 36]
        number //= 36
    return number == 0


cdef object new_order(object intent, str name, object rule, object leverage, object now_ms):
    """A limit order as the tracker makes it, of an intent and a rule of these very classes."""
    cdef object order = order_form.fresh()
    order_of_intent.into(order, intent)
    order_of_rule.into(order, rule)
    put(order, o_name, name)
    put(order, o_leverage, leverage)
    put(order, o_created, now_ms)
    put(order, o_heard, now_ms)
    put(order, o_fills, {})
    return order


cdef object intended_record(object order):
    """As `journal_records.intended`, of an order without options."""
    cdef object record = record_form.fresh()
    record_of_order.into(record, order)
    return record


cdef object blank_record():
    """A record of its kind, of no order yet."""
    return record_form.fresh()


cdef void intended_again(object record, object order) noexcept:
    """Makes a record that nobody else has one of another order."""
    record_of_order.into(record, order)
