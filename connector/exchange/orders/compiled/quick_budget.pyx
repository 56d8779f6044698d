"""Whether a limit order can be paid for, compiled: as `BudgetChecker.unpaid` answers. Where mark and last price are those
that the sums were reckoned at, the sums alone are asked; else that answers, which reckons them anew.

Best bid and ask may have moved meanwhile: a limit order's margin doesn't depend on them, nor what others hold, while none
of those waits without a price.
"""

from cython cimport final

from connector.account.compiled.margin_book cimport PairSums
from connector.core.compiled.row_form cimport RowForm, got, slot_of
from connector.market.compiled.symbol_feed cimport SymbolFeed

from connector.account.plain.margin_book import BOTH, LONG, SHORT
from connector.core.trading_rule import TradingRule

cdef RowForm rule_row = RowForm(TradingRule)
cdef Py_ssize_t r_pair = rule_row.place("trading_pair")
cdef int both = BOTH, long_side = LONG, short_side = SHORT


cdef object last_of(object feed):
    """The price of the newest trade; None before the first."""
    cdef object trades
    if type(feed) is SymbolFeed:
        (<SymbolFeed>feed).read_trades()
        trades = (<SymbolFeed>feed).kept_trades
    else:
        trades = feed.trades
    return trades[len(trades) - 1].price if trades else None


cdef object mark_of(object feed):
    return (<SymbolFeed>feed).funding.marked() if type(feed) is SymbolFeed else feed.funding.mark_price


@final
cdef class QuickBudget:
    """One budget."""

    def __init__(self, budget not None, dict commissions not None):
        self.budget, self.ledger, self.state = budget, budget._ledger, budget._state
        self.asked, self.asked_jointly = budget._asked, budget._asked_jointly
        self.pairs, self.unpriced = budget._state.pairs, budget._state.unpriced
        #: Trades that are counted before anything is asked.
        self.late = budget._sources.late_fills
        self.fee_rate = budget._sources.fee_rate if budget._sources.reserve_fees else None
        self.commissions = commissions
        self.l_jointly = slot_of(type(budget._ledger), "is_multi_assets")
        self.s_hedge = slot_of(type(budget._state), "is_hedge")

    cdef bint pays(
        self, object intent, object rule, object feed, object mark, bint is_buy, long long price_e8, long long sized
    ) except -1:
        """Whether an order that opens would be granted; its contract has size 1. `mark`: None before the first frame."""
        cdef object name = got(rule, r_pair), pair = self.pairs.get(name)
        cdef int which = both
        if pair is not None and type(pair) is not self.pair_type:
            self.know(type(pair))
        if (
            self.late or pair is None or got(pair, self.b_rule) is not rule or self.asked or self.asked_jointly or self.unpriced
            or got(self.ledger, self.l_jointly)
        ):
            return self.asked_plainly(intent)
        if pair is not self.pair:
            self.pair, self.sums, self.commission = pair, pair.sums, self
        if not self.is_current(pair, feed, mark):
            return self.asked_plainly(intent)
        if self.fee_rate is not None and self.commissions.get(name) is not self.commission:
            self.commission = self.commissions.get(name)
            pair.take_fee(self.fee_rate(name))
        if got(self.state, self.s_hedge):
            which = long_side if is_buy else short_side
        return self.sums.bears(which, is_buy, price_e8, sized)

    cdef int know(self, type kind) except -1:
        self.b_rule, self.b_seen, self.pair_type = slot_of(kind, "rule"), slot_of(kind, "_seen"), kind
        return 0

    cdef bint asked_plainly(self, object intent) except -1:
        """The budget's own answer; it takes the pair's fee by itself."""
        self.commission = self
        return not self.budget.unpaid(intent)

    cdef bint is_current(self, object pair, object feed, object mark) except -1:
        """Whether the sums are those of the prices of now, as far as a limit order depends on them."""
        cdef object seen = got(pair, self.b_seen), last
        if not seen:
            return False
        if mark is None or not (mark is (<tuple>seen)[0] or mark == (<tuple>seen)[0]):
            return False
        last = last_of(feed) or mark
        if not (last is (<tuple>seen)[1] or last == (<tuple>seen)[1]):
            return False
        return not self.sums.waits_at_market()
