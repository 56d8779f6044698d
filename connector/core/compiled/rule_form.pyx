"""Trading rules in whole numbers. They say yes of a limit order that no rule is broken by; of any other, and of a rule
that whole numbers can't say, they say nothing: `core/trading_rule.py` and `core/price_band.py` do, in words."""

from cython cimport final

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from connector.core.amounts import E8
from connector.core.trading_rule import TradingRule

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text)
    void* PyUnicode_DATA(object text)
    Py_ssize_t PyUnicode_GET_LENGTH(object text)

cdef enum:
    # Digits of an amount in units of 1e-8: a number of C's holds them.
    MOST_DIGITS = 18
    DECIMALS = 8
    KEPT = 4096
    EXACT_DIGITS = 28

cdef object units = Decimal(E8)
# More than any number here.
cdef long long HIGHEST = 1_000_000_000_000_000_000
# Of a product: more than its rounding takes.
cdef double PART = 1e-9
#: By identity: a rule that changes is another one.
cdef dict forms = {}
cdef RuleForm latest = None


cdef bint read_number(object text, Number* number) except -1:
    """Reads the text of a `Decimal` above zero; False where it has an exponent, a sign, or more digits than fit."""
    cdef const char* letters
    cdef Py_ssize_t size, place
    cdef long long e8 = 0
    cdef int decimals = -1, digits = 0, written = 0
    cdef char letter
    if not PyUnicode_IS_ASCII(text):
        return False
    letters, size = <const char*>PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)
    for place in range(size):
        letter = letters[place]
        if letter == c"." and decimals < 0:
            decimals = 0
            continue
        if not c"0" <= letter <= c"9":
            return False
        written += decimals >= 0
        if decimals == DECIMALS:
            if letter != c"0":
                return False
            continue
        digits += 1
        if digits + DECIMALS - (decimals + 1 if decimals >= 0 else 0) > MOST_DIGITS:
            return False
        e8 = 10 * e8 + (letter - c"0")
        if decimals >= 0:
            decimals += 1
    if decimals >= 0:
        # Neither zeros at the end nor a bare point are written.
        while size and letters[size - 1] == c"0":
            size -= 1
        if size and letters[size - 1] == c".":
            size -= 1
    number.decimals = 0 if decimals < 0 else written
    for place in range(DECIMALS - (decimals if decimals > 0 else 0)):
        e8 *= 10
    number.at, number.size, number.e8 = letters, size, e8
    return e8 > 0


cdef long long whole(object amount, bint* is_exact) except? -1:
    """In units of 1e-8."""
    cdef object scaled = amount * units
    if scaled != scaled.to_integral_value() or not 0 <= scaled < HIGHEST:
        is_exact[0] = False
        return 0
    return int(scaled)


@final
cdef class RuleForm:
    """One rule."""

    def __init__(self, rule not None):
        cdef bint is_exact = rule.is_trading and not rule.reduce_only_sides and rule.contract_size == 1
        self.rule = rule
        self.tick, self.step = whole(rule.tick_size, &is_exact), whole(rule.step_size, &is_exact)
        self.least_price, self.most_price = whole(rule.min_price, &is_exact), whole(rule.max_price, &is_exact)
        self.least, self.most = whole(rule.min_amount, &is_exact), whole(rule.max_amount, &is_exact)
        # Compared with amount x price, both in 1e-8.
        self.least_value = rule.min_notional * units * units
        tick, step = rule.tick_size.as_tuple(), rule.step_size.as_tuple()
        self.tick_decimals, self.step_decimals = -tick.exponent, -step.exponent
        self.keeps_price, self.keeps_amount = tick.digits == (1,), step.digits == (1,)
        self.band_up, self.band_down = rule.price_band_up, rule.price_band_down
        self.is_exact = is_exact and self.tick > 0 and self.step > 0 and self.least_price % self.tick == 0
        self.is_exact = self.is_exact and self.least_value == self.least_value.to_integral_value()
        self.least_value = int(self.least_value)
        self.enough = float(self.least_value) * (1 + PART)

    cdef bint is_as_put_on_grid(self, Number* price, Number* amount) noexcept:
        """Whether numbers that lie on the grids are written as they would be after they were put there."""
        if price.decimals != self.tick_decimals and (not self.keeps_price or price.decimals > self.tick_decimals):
            return False
        return amount.decimals == self.step_decimals or (self.keeps_amount and amount.decimals < self.step_decimals)

    cdef bint allows(self, Number* amount, Number* price) except -1:
        """Whether a limit order lies on the grids and between the bounds."""
        if amount.e8 < self.least or (self.most and amount.e8 > self.most) or amount.e8 % self.step:
            return False
        if price.e8 < self.least_price or (self.most_price and price.e8 > self.most_price) or price.e8 % self.tick:
            return False
        # Beyond these digits a product is rounded where it is reckoned in words.
        if amount.size + price.size > EXACT_DIGITS:
            return False
        return <double>amount.e8 * <double>price.e8 > self.enough or self.is_worth_enough(amount.e8, price.e8)

    cdef bint is_worth_enough(self, object amount_e8, object price_e8) except -1:
        return amount_e8 * price_e8 >= self.least_value

    cdef bint bears(self, bint is_buy, long long price_e8, object mark) except -1:
        """Whether the price lies within the band of the mark price, where that is known."""
        if mark is not self.mark:
            self.lowest, self.highest, self.mark = 0, HIGHEST, mark
            if mark is not None and mark:
                self.lowest = int((mark * self.band_down * units).to_integral_value(ROUND_CEILING))
                if self.band_up:
                    self.highest = int((mark * self.band_up * units).to_integral_value(ROUND_FLOOR))
        return price_e8 <= self.highest if is_buy else price_e8 >= self.lowest


cdef RuleForm form_of(object rule):
    global latest
    if latest is not None and latest.rule is rule:
        return latest
    cdef RuleForm form = forms.get(id(rule))
    if form is None or form.rule is not rule:
        if len(forms) >= KEPT:
            forms.clear()
        form = forms[id(rule)] = RuleForm(rule)
    latest = form
    return form
