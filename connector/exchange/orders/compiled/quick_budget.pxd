# Whether an order can be paid for, for whoever sends it.

from connector.account.compiled.margin_book cimport PairSums


cdef class QuickBudget:
    cdef object budget, ledger, state, fee_rate
    cdef dict asked, asked_jointly, pairs, commissions
    # The pair that was asked about last, its sums, and what was taken for its fee.
    cdef object pair, commission
    cdef PairSums sums
    cdef set unpriced
    cdef list late
    cdef type pair_type
    cdef Py_ssize_t l_jointly, s_hedge, b_rule, b_seen

    cdef bint pays(
        self, object intent, object rule, object feed, object mark, bint is_buy, long long price_e8, long long sized
    ) except -1
    cdef int know(self, type kind) except -1
    cdef bint asked_plainly(self, object intent) except -1
    cdef bint is_current(self, object pair, object feed, object mark) except -1


# Of a symbol's feed; None before the first frame.
cdef object mark_of(object feed)
