"""A change's, or a cancel's, way to its bytes in one call, compiled; `exchange/orders/modifications.py` and `cancels.py`
specify it. What it doesn't know, or what would be refused, it leaves to them before anything has changed."""

from cython cimport final

from connector.core.compiled.row_form cimport RowForm, got
from connector.core.compiled.rule_form cimport Number, RuleForm, form_of, read_number
from connector.exchange.orders.compiled.permit cimport Permit
from connector.exchange.orders.compiled.quick_budget cimport mark_of
from connector.exchange.orders.compiled.quick_limits cimport QuickLimits
from connector.net.compiled.json_params cimport Params, add, add_text
from connector.net.compiled.way_out cimport Kind, WayOut
from connector.orders.compiled.wishes cimport is_steady, standing_record, wish_cancel, wish_change

from decimal import Decimal

from connector.core.enums import OrderState, OrderType, PositionAction, TradeType
from connector.core.intents import ModifyIntent
from connector.core.trading_rule import TradingRule
from connector.orders.in_flight_order import InFlightOrder
from connector.venue.endpoints import CANCEL_ORDER, MODIFY_ORDER

cdef type order_type = InFlightOrder, intent_type = ModifyIntent, amount_type = Decimal, rule_type = TradingRule
cdef object buy = TradeType.BUY, opening = PositionAction.OPEN
cdef object limit = OrderType.LIMIT, maker = OrderType.LIMIT_MAKER
cdef object buy_text = TradeType.BUY.name, sell_text = TradeType.SELL.name
#: Of orders that are known to have left, and are not over.
cdef object open_state = OrderState.OPEN, partial_state = OrderState.PARTIALLY_FILLED
cdef object modify_state = OrderState.PENDING_MODIFY, cancel_state = OrderState.PENDING_CANCEL

cdef RowForm order_form = RowForm(InFlightOrder), intent_form = RowForm(ModifyIntent)
cdef RowForm rule_row = RowForm(TradingRule)
cdef Py_ssize_t r_pair = rule_row.place("trading_pair")
cdef Py_ssize_t o_name = order_form.place("client_order_id"), o_pair = order_form.place("trading_pair")
cdef Py_ssize_t o_symbol = order_form.place("symbol"), o_side = order_form.place("trade_type")
cdef Py_ssize_t o_type = order_form.place("order_type"), o_action = order_form.place("position_action")
cdef Py_ssize_t o_price = order_form.place("price"), o_amount = order_form.place("amount")
cdef Py_ssize_t o_executed = order_form.place("executed_amount"), o_reported = order_form.place("reported_executed")
cdef Py_ssize_t o_state = order_form.place("state"), o_trigger = order_form.place("trigger")
cdef Py_ssize_t n_pair = intent_form.place("trading_pair"), n_name = intent_form.place("client_order_id")
cdef Py_ssize_t n_price = intent_form.place("price"), n_amount = intent_form.place("amount")


def nothing():
    """Nobody needs to know that a request has left."""


@final
cdef class QuickWishes:
    """The shortest way of what is asked of an open order."""

    cdef WayOut way
    cdef Kind changing, cancelling
    cdef Permit permit
    cdef QuickLimits limits
    cdef object feeds
    cdef dict rules, active, pursued, worn_out, written

    def __init__(self, parts not None, dict pursued not None, dict worn_out not None):
        self.way, self.permit = parts.gateway.way_out, Permit(parts)
        self.limits = QuickLimits(parts.limits) if parts.limits.bounds.bounds_orders else None
        self.changing, self.cancelling = self.way.kind_of(MODIFY_ORDER), self.way.kind_of(CANCEL_ORDER)
        self.rules, self.feeds, self.active = parts.rules, parts.feeds, parts.tracker._active
        self.written, self.pursued, self.worn_out = parts.journaling.written, pursued, worn_out

    def change(self, intent not None):
        cdef Number price, amount
        cdef object order, rule, wanted, total, change
        cdef long long steady_ns
        if not self.way.is_way or type(intent) is not intent_type:
            return None
        order = self.active.get(got(intent, n_name))
        if order is None or not is_steady(order) or not self.may_change(order, intent):
            return None
        wanted = got(order, o_price) if got(intent, n_price) is None else got(intent, n_price)
        total = got(order, o_amount) if got(intent, n_amount) is None else got(intent, n_amount)
        if type(wanted) is not amount_type or type(total) is not amount_type:
            return None
        # The letters of both are read where they stand: they are held until all has left.
        cdef object price_text = str(wanted), amount_text = str(total)
        rule = self.rules.get(got(order, o_pair))
        if rule is None or type(rule) is not rule_type:
            return None
        if not read_number(price_text, &price) or not read_number(amount_text, &amount):
            return None
        if not self.is_allowed(order, rule, &price, &amount):
            return None
        if wanted == got(order, o_price) and total == got(order, o_amount):
            return None
        steady_ns = self.way.steady_ns()
        if self.limits is not None:
            if not self.keeps_limits(order, rule, &price, &amount, steady_ns):
                return None
            self.limits.count(steady_ns)
        change = wish_change(order, wanted, total, self.way.wall_ms(steady_ns))
        self.write(order)
        if self.permit.is_troubled():
            return order, change, None
        return order, change, self.sent_change(order, &price, &amount, steady_ns)

    def cancel(self, order not None):
        cdef Params read
        if not self.way.is_way or type(order) is not order_type:
            return None
        if got(order, o_trigger) is not None or not is_open(got(order, o_state)):
            return None
        if got(order, o_name) in self.pursued or not self.permit.is_running():
            return None
        read.count, read.letters = 0, 0
        if not add(&read, b"symbol", got(order, o_symbol), False):
            return None
        if not add(&read, b"origClientOrderId", got(order, o_name), False):
            return None
        return self.way.leave(self.cancelling, &read, nothing)

    def note_cancel(self, order not None):
        if not is_steady(order):
            return False
        wish_cancel(order, self.way.wall_ms(self.way.steady_ns()))
        self.write(order)
        return True

    cdef bint may_change(self, object order, object intent) except -1:
        """Whether nothing keeps a change of it back."""
        if got(order, o_pair) != got(intent, n_pair) or got(order, o_action) is not opening:
            return False
        if not (got(order, o_type) is limit or got(order, o_type) is maker) or got(order, o_name) in self.worn_out:
            return False
        return self.permit.may_go()

    cdef bint is_allowed(self, object order, object rule, Number* price, Number* amount) except -1:
        """Whether no rule is broken, and both stand as they would after they were put on the grids."""
        cdef RuleForm form = form_of(rule)
        if not form.is_exact or not form.allows(amount, price) or not form.is_as_put_on_grid(price, amount):
            return False
        return form.bears(got(order, o_side) is buy, price.e8, mark_of(self.feeds[got(order, o_symbol)]))

    cdef bint keeps_limits(
        self, object order, object rule, Number* price, Number* amount, long long steady_ns
    ) except -1:
        """Whether the user's limits are kept, surely. Of one that is filled in part that is not asked here."""
        cdef Number before, before_price
        cdef object before_text = str(got(order, o_amount)), price_text = str(got(order, o_price))
        if got(order, o_executed) or got(order, o_reported) or not self.limits.has_turn(steady_ns):
            return False
        if not read_number(before_text, &before) or not read_number(price_text, &before_price):
            return False
        cdef bint is_buy = got(order, o_side) is buy
        return self.limits.keeps(got(rule, r_pair), is_buy, price.e8, amount.e8, before_price.e8, before.e8)

    cdef int write(self, object order) except -1:
        """Writes down where it stands."""
        cdef object record
        if self.permit.is_kept:
            record = standing_record(order)
            if self.written.get(got(order, o_name)) != record:
                self.written[got(order, o_name)] = record
                self.permit.write(record)
        return 0

    cdef object sent_change(self, object order, Number* price, Number* amount, long long steady_ns):
        cdef Params read
        read.count, read.letters = 0, 0
        if not (
            add(&read, b"symbol", got(order, o_symbol), False)
            and add(&read, b"side", buy_text if got(order, o_side) is buy else sell_text, False)
            and add_text(&read, b"quantity", amount.at, amount.size)
            and add_text(&read, b"price", price.at, price.size)
            and add(&read, b"origClientOrderId", got(order, o_name), False)
        ):
            return None
        return self.way.leave(self.changing, &read, nothing, steady_ns)


cdef bint is_open(object state) noexcept:
    return state is open_state or state is partial_state or state is modify_state or state is cancel_state
