# Trading rules in whole numbers, and exact amounts as their letters and in units of 1e-8.

cdef struct Number:
    # As the venue reads it, of the text that it was read from.
    const char* at
    Py_ssize_t size
    # As many as were written.
    int decimals
    long long e8


cdef bint read_number(object text, Number* number) except -1


cdef class RuleForm:
    cdef readonly object rule
    # Whether it can be said in whole numbers, and the pair trades without a control of its sides.
    cdef readonly bint is_exact
    cdef long long tick, least_price, most_price, step, least, most
    cdef object least_value, band_up, band_down
    # Surely enough, where a product comes to more.
    cdef double enough
    # The band's edges at the last mark price that was asked about, in 1e-8.
    cdef object mark
    cdef long long highest, lowest

    # How many decimals a number on either grid has once it was put there, and whether it keeps fewer of its own.
    cdef int tick_decimals, step_decimals
    cdef bint keeps_price, keeps_amount

    cdef bint is_as_put_on_grid(self, Number* price, Number* amount) noexcept
    cdef bint allows(self, Number* amount, Number* price) except -1
    cdef bint is_worth_enough(self, object amount_e8, object price_e8) except -1
    cdef bint bears(self, bint is_buy, long long price_e8, object mark) except -1


cdef RuleForm form_of(object rule)
