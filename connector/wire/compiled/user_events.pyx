"""The compiled reader of the user stream; `plain/user_events.py` specifies it, and reads whatever this one isn't sure of.

    an order's event, the account's, a trade's hint, written plainly ──▶ read here, straight into slots
    every other event, every odd word, every refusal                 ──▶ plain reader, counted

So a refusal and its text are always the plain reader's.
"""

from libc.string cimport memcmp

from connector.core.compiled.row_form cimport RowForm, put
from connector.wire.compiled.event_scan cimport *

from connector.core.amounts import ZERO
from connector.core.enums import MarginType, PositionSide, TradeType
from connector.core.reports import (
    AccountReport,
    BalanceReport,
    Fill,
    OrderReport,
    OrderStatus,
    PositionReport,
    ReportSource,
    TradeHint,
)
from connector.venue.order_ends import expiry_reason
from connector.wire.account_replies import MARGIN_TYPES
from connector.wire.order_replies import STATUSES, change_of, expiry_of
from connector.wire.plain.user_events import NO_REASON, user_reports

cdef enum:
    MOST_LETTERS = 200
    MOST_TIME_DIGITS = 13
    # A longer reason is cut by the plain reader.
    MOST_REASON = 20

cdef object zero = ZERO
cdef object stream = ReportSource.STREAM
cdef object unchanged = OrderStatus.UNCHANGED
cdef object canceled = OrderStatus.CANCELED
cdef object buy = TradeType.BUY, sell = TradeType.SELL
cdef object both = PositionSide.BOTH, long_side = PositionSide.LONG, short_side = PositionSide.SHORT
cdef object crossed = MARGIN_TYPES["cross"], isolated = MARGIN_TYPES["isolated"]
cdef dict statuses = STATUSES
cdef frozenset no_reason = frozenset(NO_REASON)

cdef RowForm order_form = RowForm(OrderReport)
cdef Py_ssize_t o_source = order_form.place("source"), o_status = order_form.place("status")
cdef Py_ssize_t o_symbol = order_form.place("symbol"), o_client = order_form.place("client_order_id")
cdef Py_ssize_t o_exchange = order_form.place("exchange_order_id"), o_time = order_form.place("time_ms")
cdef Py_ssize_t o_amount = order_form.place("amount"), o_price = order_form.place("price")
cdef Py_ssize_t o_executed = order_form.place("executed_amount"), o_average = order_form.place("average_price")
cdef Py_ssize_t o_fills = order_form.place("fills"), o_trade_type = order_form.place("trade_type")
cdef Py_ssize_t o_expiry_reason = order_form.place("expiry_reason"), o_expiry = order_form.place("expiry")
cdef Py_ssize_t o_side = order_form.place("position_side"), o_reduces = order_form.place("reduces_only")

cdef RowForm fill_form = RowForm(Fill)
cdef Py_ssize_t f_trade = fill_form.place("trade_id"), f_price = fill_form.place("price")
cdef Py_ssize_t f_amount = fill_form.place("amount"), f_asset = fill_form.place("fee_asset")
cdef Py_ssize_t f_fee = fill_form.place("fee_amount"), f_result = fill_form.place("realized_pnl")
cdef Py_ssize_t f_maker = fill_form.place("is_maker"), f_time = fill_form.place("time_ms")
cdef Py_ssize_t f_side = fill_form.place("position_side")

cdef RowForm account_form = RowForm(AccountReport)
cdef Py_ssize_t a_source = account_form.place("source"), a_reason = account_form.place("reason")
cdef Py_ssize_t a_time = account_form.place("time_ms"), a_balances = account_form.place("balances")
cdef Py_ssize_t a_positions = account_form.place("positions"), a_funding = account_form.place("funding_symbol")

cdef RowForm balance_form = RowForm(BalanceReport)
cdef Py_ssize_t b_asset = balance_form.place("asset"), b_wallet = balance_form.place("wallet")
cdef Py_ssize_t b_cross = balance_form.place("cross_wallet"), b_change = balance_form.place("change")

cdef RowForm position_form = RowForm(PositionReport)
cdef Py_ssize_t p_symbol = position_form.place("symbol"), p_side = position_form.place("position_side")
cdef Py_ssize_t p_amount = position_form.place("amount"), p_entry = position_form.place("entry_price")
cdef Py_ssize_t p_result = position_form.place("unrealized_pnl"), p_margin = position_form.place("margin_type")
cdef Py_ssize_t p_isolated = position_form.place("isolated_wallet")

cdef RowForm hint_form = RowForm(TradeHint)
cdef Py_ssize_t h_symbol = hint_form.place("symbol"), h_trade = hint_form.place("trade_id")
cdef Py_ssize_t h_client = hint_form.place("client_order_id"), h_time = hint_form.place("time_ms")


cdef inline bint is_text(const Field* field) noexcept:
    return field.tag == TEXT and field.length <= MOST_LETTERS


cdef inline bint is_time(const Field* field) noexcept:
    return field.tag == WHOLE and field.length <= MOST_TIME_DIGITS


cdef inline object whole(const Field* field):
    cdef long long total = 0
    cdef Py_ssize_t index
    for index in range(field.length):
        total = total * 10 + (field.start[index] - c"0")
    return total


cdef inline object side_of(const Field* field):
    """None for a word that is not known; BOTH where there is none."""
    if field.tag == ABSENT or is_word(field, b"BOTH", 4):
        return both
    return long_side if is_word(field, b"LONG", 4) else short_side if is_word(field, b"SHORT", 5) else None


cdef inline bint is_flag_or_absent(const Field* field) noexcept:
    return field.tag == YES or field.tag == NO or field.tag == ABSENT


cdef inline int compared(const Field* one, const Number* first, const Field* other, const Number* second) except -2:
    """-1, 0 or 1, as the first is below, equal to or above the second."""
    if first.decimals == second.decimals:
        return (first.digits > second.digits) - (first.digits < second.digits)
    cdef object left = decimal(one), right = decimal(other)
    return (left > right) - (left < right)


cdef class UserEventReader(EventScan):
    """Reads the frames of a user stream. `fallback` counts those that were left to the plain reader."""

    cdef readonly long long fallback

    def read(self, frame):
        """What a frame reports. Raises as the plain reader does."""
        cdef object report = None
        if type(frame) is bytes and self.whole_frame(<bytes>frame, len(<bytes>frame)):
            report = self.report()
        if report is None:
            self.fallback += 1
            return user_reports(frame)
        return (report,)

    cdef object report(self):
        """None for what is not known here."""
        cdef Field* name = &self.event[P_e]
        if self.event[P_data].tag != ABSENT or not is_time(&self.event[P_T]):
            return None
        if is_word(name, b"ORDER_TRADE_UPDATE", 18):
            return self.order()
        if is_word(name, b"ACCOUNT_UPDATE", 14):
            return self.account()
        return self.hint() if is_word(name, b"TRADE_LITE", 10) else None

    cdef object hint(self):
        cdef Field* event = self.event
        if not (is_text(&event[P_s]) and event[P_t].tag == WHOLE and is_text(&event[P_c])):
            return None
        cdef object row = hint_form.fresh()
        put(row, h_symbol, text(&event[P_s]))
        put(row, h_trade, text(&event[P_t]))
        put(row, h_client, text(&event[P_c]))
        put(row, h_time, whole(&event[P_T]))
        return row

    cdef object order(self):
        cdef Field* order = self.row
        cdef Number total, executed, price, average
        cdef object status, side, fills, word
        if self.event[P_o].tag != OBJECT or not self.is_sound_order() or not number(&order[P_q], &total):
            return None
        if not (number(&order[P_z], &executed) and number(&order[P_p], &price) and number(&order[P_ap], &average)):
            return None
        if total.digits < 0 or executed.digits < 0 or price.digits < 0 or average.digits < 0:
            return None
        word, side = text(&order[P_X]), side_of(&order[P_ps])
        status = statuses.get(word, unchanged)
        if side is None or not self.is_sum(status, &total, &executed):
            return None
        fills = self.fills(&executed, side)
        if fills is None:
            return None
        cdef object row = order_form.fresh()
        put(row, o_source, stream)
        put(row, o_status, change_of(status) if is_word(&order[P_x], b"AMENDMENT", 9) else status)
        put(row, o_symbol, text(&order[P_s]))
        put(row, o_client, text(&order[P_c]))
        put(row, o_exchange, text(&order[P_i]))
        put(row, o_time, whole(&self.event[P_T]))
        put(row, o_amount, decimal(&order[P_q]))
        put(row, o_price, decimal(&order[P_p]))
        put(row, o_executed, decimal(&order[P_z]))
        put(row, o_average, decimal(&order[P_ap]) if average.digits else None)
        put(row, o_fills, fills)
        put(row, o_trade_type, buy if is_word(&order[P_S], b"BUY", 3) else sell)
        put(row, o_side, side)
        put(row, o_reduces, order[P_R].tag == YES or order[P_cp].tag == YES)
        return self.ended(row, word)

    cdef bint is_sound_order(self) noexcept:
        cdef Field* order = self.row
        if not (is_text(&order[P_s]) and is_text(&order[P_c]) and is_text(&order[P_X]) and order[P_x].tag == TEXT):
            return False
        if order[P_i].tag != WHOLE or not (is_word(&order[P_S], b"BUY", 3) or is_word(&order[P_S], b"SELL", 4)):
            return False
        return is_flag_or_absent(&order[P_R]) and is_flag_or_absent(&order[P_cp])

    cdef bint is_sum(self, object status, const Number* total, const Number* executed) except -1:
        """Whether what was executed can be of an order of so much, and the total is the order's own."""
        cdef int above
        if not total.digits:
            return True
        above = compared(&self.row[P_z], executed, &self.row[P_q], total)
        return above <= 0 and not (above < 0 and is_word(&self.row[P_X], b"FILLED", 6))

    cdef object ended(self, object row, str word):
        """The report, with the reason where the order expired."""
        cdef str expiry, reason
        if self.row[P_X].length >= 7 and memcmp(self.row[P_X].start, b"EXPIRED", 7) == 0:
            expiry = expiry_of(word)
            if self.row[P_er].tag != TEXT or self.row[P_er].length > MOST_REASON:
                return None
            reason = text(&self.row[P_er])
            put(row, o_expiry_reason, expiry if reason in no_reason else f"{expiry} er={reason}")
            put(row, o_expiry, expiry_reason(word, reason))
        return row

    cdef object fills(self, const Number* executed, object side):
        """As the plain reader has them; None for what is not known here."""
        cdef Field* order = self.row
        cdef Number filled, price, fee, result
        cdef bint is_trade = is_word(&order[P_x], b"TRADE", 5)
        if not is_trade and not is_word(&order[P_x], b"CALCULATED", 10):
            return ()
        if not number(&order[P_l], &filled) or filled.digits < 0 or (is_trade and not filled.digits):
            return None
        if not filled.digits:
            return ()
        if compared(&order[P_l], &filled, &order[P_z], executed) > 0 or not number(&order[P_n], &fee):
            return None
        if not (number(&order[P_L], &price) and price.digits > 0 and number(&order[P_rp], &result)):
            return None
        if not (order[P_t].tag == WHOLE and is_text(&order[P_N]) and is_time(&order[P_T])):
            return None
        if order[P_m].tag != YES and order[P_m].tag != NO:
            return None
        cdef object row = fill_form.fresh()
        put(row, f_trade, text(&order[P_t]))
        put(row, f_price, decimal(&order[P_L]))
        put(row, f_amount, decimal(&order[P_l]))
        put(row, f_asset, text(&order[P_N]))
        put(row, f_fee, decimal(&order[P_n]))
        put(row, f_result, decimal(&order[P_rp]))
        put(row, f_maker, order[P_m].tag == YES)
        put(row, f_time, whole(&order[P_T]))
        put(row, f_side, side)
        return (row,)

    cdef object account(self):
        """The change is noted nested, and is scanned by itself."""
        cdef Field* change = self.row
        cdef list balances = [], positions = []
        cdef Field own, held
        self.at = self.event[P_a].start
        if self.event[P_a].tag != OTHER or self.at[0] != c"{":
            return None
        self.at += 1
        if not self.members(change, False) or not is_text(&change[P_m]):
            return None
        if change[P_S].tag != ABSENT and not is_text(&change[P_S]):
            return None
        cdef object row = account_form.fresh()
        put(row, a_source, stream)
        put(row, a_reason, text(&change[P_m]))
        put(row, a_time, whole(&self.event[P_T]))
        if change[P_S].tag == TEXT:
            put(row, a_funding, text(&change[P_S]))
        own, held = change[P_B], change[P_P]
        if not self.rows(&own, balances, False) or not self.rows(&held, positions, True):
            return None
        put(row, a_balances, tuple(balances))
        put(row, a_positions, tuple(positions))
        return row

    cdef bint rows(self, const Field* field, list found, bint are_positions) except -1:
        """A list of objects, sound as a whole since it was passed over before."""
        cdef object row
        if field.tag == ABSENT:
            return True
        self.at = field.start
        if field.tag != OTHER or self.at[0] != c"[":
            return False
        self.at += 1
        if self.at[0] == c"]":
            return True
        while True:
            if self.at[0] != c"{":
                return False
            self.at += 1
            if not self.members(self.row, False):
                return False
            row = self.position() if are_positions else self.balance()
            if row is None:
                return False
            found.append(row)
            if self.at[0] == c"]":
                return True
            self.at += 1

    cdef object balance(self):
        cdef Field* fields = self.row
        cdef Number wallet, cross, change
        if not (is_text(&fields[P_a]) and number(&fields[P_wb], &wallet) and number(&fields[P_cw], &cross)):
            return None
        if not number(&fields[P_bc], &change):
            return None
        cdef object row = balance_form.fresh()
        put(row, b_asset, text(&fields[P_a]))
        put(row, b_wallet, decimal(&fields[P_wb]))
        put(row, b_cross, decimal(&fields[P_cw]))
        put(row, b_change, decimal(&fields[P_bc]))
        return row

    cdef object position(self):
        cdef Field* fields = self.row
        cdef Number held, entry, result, posted
        cdef object side = side_of(&fields[P_ps]) if fields[P_ps].tag == TEXT else None
        cdef bint is_isolated = is_word(&fields[P_mt], b"isolated", 8)
        if side is None or not (is_isolated or is_word(&fields[P_mt], b"cross", 5)) or not is_text(&fields[P_s]):
            return None
        if not (number(&fields[P_pa], &held) and number(&fields[P_ep], &entry) and number(&fields[P_up], &result)):
            return None
        if not number(&fields[P_iw], &posted) or entry.digits < 0 or (held.digits and not entry.digits):
            return None
        cdef object row = position_form.fresh()
        put(row, p_symbol, text(&fields[P_s]))
        put(row, p_side, side)
        put(row, p_amount, decimal(&fields[P_pa]))
        put(row, p_entry, decimal(&fields[P_ep]))
        put(row, p_result, decimal(&fields[P_up]))
        put(row, p_margin, isolated if is_isolated else crossed)
        put(row, p_isolated, decimal(&fields[P_iw]))
        return row
