"""An intent's way to its bytes in one call, compiled; `exchange/orders/order_entry.py` specifies it. What it doesn't know,
or what would be refused, it leaves to that before anything has changed: other orders than limit orders that open, options,
rules that whole numbers can't say, closed gates, pauses, a journal that can't be written, a budget that says no.
"""

from cython cimport final

from connector.core.compiled.row_form cimport RowForm, got, put, slot_of
from connector.core.compiled.rule_form cimport Number, RuleForm, form_of, read_number
from connector.exchange.orders.compiled.permit cimport Permit
from connector.exchange.orders.compiled.quick_budget cimport QuickBudget, mark_of
from connector.exchange.orders.compiled.quick_limits cimport QuickLimits
from connector.net.compiled.json_params cimport Params, add, add_text
from connector.net.compiled.way_out cimport Kind, WayOut
from connector.orders.compiled.order_record cimport minted, new_order

from decimal import Decimal

from connector.core.enums import OrderType, PositionAction, PositionMode, TradeType
from connector.core.intents import OrderIntent
from connector.core.order_options import PLAIN
from connector.core.reports import LeverageReport
from connector.core.trading_rule import TradingRule
from connector.venue.endpoints import PLACE_ORDER
from connector.venue.order_fields import CLOSE_SEMANTICS, ORDER_TYPES

cdef type intent_type = OrderIntent, amount_type = Decimal, rule_type = TradingRule
cdef object buy = TradeType.BUY, sell = TradeType.SELL, opening = PositionAction.OPEN, plain_options = PLAIN
cdef object limit = OrderType.LIMIT, maker = OrderType.LIMIT_MAKER, hedge = PositionMode.HEDGE
# Bare texts: what a word of an enumeration is has to be asked.
cdef object order_kind = str(ORDER_TYPES[OrderType.LIMIT].type)
cdef object limit_force = str(ORDER_TYPES[OrderType.LIMIT].time_in_force)
cdef object maker_force = str(ORDER_TYPES[OrderType.LIMIT_MAKER].time_in_force)
cdef object buy_text = TradeType.BUY.name, sell_text = TradeType.SELL.name
cdef object both_side = CLOSE_SEMANTICS[PositionMode.ONEWAY, PositionAction.OPEN, TradeType.BUY].position_side.value
cdef object long_side = CLOSE_SEMANTICS[PositionMode.HEDGE, PositionAction.OPEN, TradeType.BUY].position_side.value
cdef object short_side = CLOSE_SEMANTICS[PositionMode.HEDGE, PositionAction.OPEN, TradeType.SELL].position_side.value

cdef RowForm intent_form = RowForm(OrderIntent), rule_row = RowForm(TradingRule), leverage_form = RowForm(LeverageReport)
cdef Py_ssize_t n_pair = intent_form.place("trading_pair"), n_side = intent_form.place("trade_type")
cdef Py_ssize_t n_type = intent_form.place("order_type"), n_amount = intent_form.place("amount")
cdef Py_ssize_t n_price = intent_form.place("price"), n_action = intent_form.place("position_action")
cdef Py_ssize_t n_options = intent_form.place("options")
cdef Py_ssize_t r_pair = rule_row.place("trading_pair"), r_symbol = rule_row.place("symbol"), r_most = rule_row.place("max_orders")
cdef Py_ssize_t l_leverage = leverage_form.place("leverage")


def new_intent(trading_pair, trade_type, order_type, amount, price, position_action, options):
    """An `OrderIntent`."""
    cdef object intent = intent_form.fresh()
    put(intent, n_pair, trading_pair)
    put(intent, n_side, trade_type)
    put(intent, n_type, order_type)
    put(intent, n_amount, amount)
    put(intent, n_price, price)
    put(intent, n_action, position_action)
    put(intent, n_options, options)
    return intent


@final
cdef class QuickEntry:
    """The shortest way of an intent to its bytes."""

    cdef WayOut way
    cdef Kind kind
    cdef Permit permit
    cdef QuickBudget budget
    cdef QuickLimits limits
    cdef object ended, ledger, feeds, ids, journaling, prevention, keep_left, note
    cdef dict active, leverages, rules
    cdef Py_ssize_t j_given, l_mode
    cdef object amount, amount_text

    def __init__(self, parts not None):
        self.way = parts.gateway.way_out
        self.kind = self.way.kind_of(PLACE_ORDER)
        self.active, self.ended = parts.tracker._active, parts.tracker._ended
        self.ledger, self.leverages = parts.ledger, parts.ledger._leverage
        self.rules, self.feeds, self.ids = parts.rules, parts.feeds, parts.ids
        self.permit, self.journaling = Permit(parts), parts.journaling
        self.j_given = slot_of(type(parts.journaling), "_ids_given")
        self.l_mode = slot_of(type(parts.ledger), "_position_mode")
        self.budget = None if parts.budget is None else QuickBudget(parts.budget, parts.commissions)
        self.limits = QuickLimits(parts.limits) if parts.limits.bounds.bounds_orders else None
        self.prevention, self.keep_left, self.note = str(parts.prevention), parts.left.add, parts.tracker.note

    def place(self, intent not None):
        cdef Number amount, price
        cdef object rule
        if not self.way.is_way or not is_usual(intent) or not self.permit.may_go():
            return None
        # The letters of both are read where they stand: they are held until all has left.
        cdef object amount_text = self.text_of(got(intent, n_amount)), price_text = str(got(intent, n_price))
        if not read_number(amount_text, &amount) or not read_number(price_text, &price):
            return None
        rule = self.rules.get(got(intent, n_pair))
        if rule is None or type(rule) is not rule_type or not self.is_allowed(intent, rule, &amount, &price):
            return None
        cdef long long steady_ns = self.way.steady_ns()
        if self.limits is not None and not self.limits.has_turn(steady_ns):
            return None
        cdef object order = self.tracked(intent, rule, steady_ns)
        try:
            if self.permit.is_kept:
                put(self.journaling, self.j_given, got(self.journaling, self.j_given) + 1)
                self.permit.write_intended(order)
                if self.permit.is_troubled():
                    self.journaling.note_unwritten(order)
                    return order, rule, None
            return order, rule, self.sent(intent, rule, order.client_order_id, &amount, &price, steady_ns)
        except BaseException:
            # Whatever became of it, it is tracked, and the budget is told.
            self.note(order)
            raise

    cdef object text_of(self, object amount):
        """Quotes have the same amount again and again: how the last one is spelt is kept."""
        if amount is not self.amount:
            self.amount, self.amount_text = amount, str(amount)
        return self.amount_text

    cdef bint is_allowed(self, object intent, object rule, Number* amount, Number* price) except -1:
        """Whether no rule is broken, nor how many may rest, and it can be paid for."""
        cdef RuleForm form = form_of(rule)
        cdef object feed, mark
        cdef Py_ssize_t most = got(rule, r_most)
        cdef bint is_buy = got(intent, n_side) is buy
        if not form.is_exact or (most and len(self.active) >= most) or not form.allows(amount, price):
            return False
        feed = self.feeds[got(rule, r_symbol)]
        mark = mark_of(feed)
        if not form.bears(is_buy, price.e8, mark):
            return False
        if self.limits is not None and not self.limits.keeps(got(rule, r_pair), is_buy, price.e8, amount.e8):
            return False
        return self.budget is None or self.budget.pays(intent, rule, feed, mark, is_buy, price.e8, amount.e8)

    cdef object tracked(self, object intent, object rule, long long steady_ns):
        """From here on it exists."""
        cdef object told = self.leverages.get(got(rule, r_symbol))
        cdef object now_ms = self.way.wall_ms(steady_ns)
        cdef str name = minted(self.ids, got(intent, n_side) is buy, now_ms)
        if name in self.active or name in self.ended:
            raise ValueError(f"client order id {name} is already tracked")
        leverage = (got(told, l_leverage) or 1) if told is not None else 1
        order = new_order(intent, name, rule, leverage, now_ms)
        self.active[name] = order
        return order

    cdef object sent(
        self, object intent, object rule, str name, Number* amount, Number* price, long long steady_ns
    ):
        cdef Params read
        cdef bint is_buy = got(intent, n_side) is buy
        cdef object side = both_side
        read.count, read.letters = 0, 0
        if got(self.ledger, self.l_mode) is hedge:
            side = long_side if is_buy else short_side
        if not (
            add(&read, b"symbol", got(rule, r_symbol), False)
            and add(&read, b"side", buy_text if is_buy else sell_text, False)
            and add(&read, b"type", order_kind, False)
            and add(&read, b"positionSide", side, False)
            and add_text(&read, b"quantity", amount.at, amount.size)
            and add(&read, b"newClientOrderId", name, False)
            and add(&read, b"selfTradePreventionMode", self.prevention, False)
            and add(&read, b"timeInForce", limit_force if got(intent, n_type) is limit else maker_force, False)
            and add_text(&read, b"price", price.at, price.size)
        ):
            return None
        cdef object left = self.way.leave(self.kind, &read, self.keep_left, steady_ns, name)
        if left is not None and self.limits is not None:
            self.limits.count(steady_ns)
        return left


cdef bint is_usual(object intent) except -1:
    """Whether it is a limit order that opens, and asks for nothing else."""
    if type(intent) is not intent_type or got(intent, n_options) is not plain_options:
        return False
    if got(intent, n_action) is not opening or type(got(intent, n_pair)) is not str:
        return False
    if type(got(intent, n_amount)) is not amount_type or type(got(intent, n_price)) is not amount_type:
        return False
    if not (got(intent, n_side) is buy or got(intent, n_side) is sell):
        return False
    return got(intent, n_type) is limit or got(intent, n_type) is maker
