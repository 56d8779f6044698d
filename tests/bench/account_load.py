"""What the budget costs: questions, events and reckoning anew, with 0 to 1,000 orders open and 100 positions.

Each run is a process of its own that measures one twin; its time is that of the processor, so that waiting for it on a
machine with other work counts for nothing. `account.py` takes the twins in turn and judges.
"""

import json
import statistics
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from time import thread_time

from connector.account.budget_checker import BudgetChecker
from connector.account.ledger import Ledger
from connector.account.margin_state import BudgetSources
from connector.core.enums import OrderType
from connector.core.intents import OrderIntent
from connector.core.reports import BracketRow, BracketsReport, LeverageReport
from connector.exchange.account.pair_rules import PairRules
from connector.exchange.market_data.price_lookup import PriceLookup
from connector.market.feed import MarketFeed
from connector.venue.contracts import LINEAR
from tests.companions.account import scenes
from tests.companions.sample_rules import rule_of

D = Decimal
LOADS = (0, 20, 100, 1_000)
PAIRS, ORDERED = 100, 3
#: A round is short, so that other work on the machine strikes some of them and not all.
ROUNDS, ROUND_US = 401, 300
BRACKETS = tuple(
    BracketRow(leverage, D(cap) * 1_000, D(rate))
    for leverage, cap, rate in (
        (125, 300, "0.004"), (100, 800, "0.005"), (75, 3_000, "0.0065"), (50, 12_000, "0.01"), (25, 70_000, "0.02"),
        (20, 100_000, "0.025"), (10, 230_000, "0.05"), (5, 480_000, "0.1"), (4, 600_000, "0.125"),
        (3, 800_000, "0.15"), (2, 1_200_000, "0.25"), (1, 1_800_000, "0.5"),
    )
)  # fmt: skip


class Market(PairRules):
    """The pairs' rules, and a feed of each that was told its touch, its last trade and its mark price."""

    def __init__(self, pair_of: dict[str, str]) -> None:
        super().__init__(tuple(pair_of.values()))
        self.rules.update((pair, rule_of(pair)) for pair in self.trading_pairs)
        self.feed = MarketFeed()
        self._moves = 0
        for symbol, pair in pair_of.items():
            self.feed.add(symbol, pair)
            self.move(symbol, 60_000)

    def move(self, symbol: str, mark: int) -> None:
        """The touch is at the mark price and a tick above it, where the last trade was."""
        self._moves += 1
        for frame in _FRAMES:
            self.feed.on_frame(frame % {b"s": symbol.encode(), b"n": self._moves, b"mark": mark}, 1)


class Load:
    """An account of 100 positions with so many orders in three pairs."""

    def __init__(self, orders: int) -> None:
        self.orders = orders
        self.pairs = [f"P{number}-USDT" for number in range(PAIRS)]
        pair_of = {pair.replace("-", ""): pair for pair in self.pairs}
        self.market = Market(pair_of)
        names = replace(scenes.new_ledger()._names, pair_of=pair_of.get)
        self.ledger = Ledger(names, scenes.FundingPayments(), scenes.PositionDrift())
        held = [
            scenes.position("-0.5" if number % 2 else "0.5", symbol, entry="59000.123")
            for number, symbol in enumerate(pair_of)
        ]
        self.ledger.apply(scenes.snapshot(1_000, [scenes.balance("100000000")], held), 1_000)
        for symbol in pair_of:
            self.ledger.apply(LeverageReport(symbol, 20), 1_000)
            self.ledger.apply(BracketsReport(symbol, BRACKETS), 1_000)
        sources = BudgetSources(
            contract=LINEAR,
            rules=self.market.rules,
            working_orders=lambda: (),
            prices_of=PriceLookup(self.market, self.market.feed).prices_of,
            fee_rate=lambda trading_pair: _FEE_RATE,
            pair_of=pair_of.get,
        )
        self.budget = BudgetChecker(self.ledger, sources)
        for number in range(orders):
            side = scenes.BUY if number % 2 else scenes.SELL
            price = D(60_000) + (number // 6 + 1) * (1 if side is scenes.SELL else -1)
            pair = self.pairs[number % ORDERED]
            self.budget.take_order(scenes.working(side, "0.010", str(price), trading_pair=pair))
        self._moves = 0
        self._order = scenes.working(scenes.BUY, "0.010", "59950.5", trading_pair=self.pairs[0])

    def measure(self) -> dict[str, float]:
        """Microseconds a call."""
        one = scenes.candidate(scenes.BUY, "0.010", "59990.0", trading_pair=self.pairs[0])
        sent = OrderIntent(one.trading_pair, one.order_side, OrderType.LIMIT, one.amount, one.price)
        ladder = [
            scenes.candidate(side, "0.010", str(D(60_000) + sign * level), trading_pair=self.pairs[0])
            for level in range(1, 11)
            for side, sign in ((scenes.BUY, -1), (scenes.SELL, 1))
        ]
        calls: dict[str, Callable[[], object]] = {
            "one order": lambda: self.budget.adjust_candidate(one),
            "one order on its own way": lambda: self.budget.unpaid(sent),
            "a ladder of 20": lambda: self.budget.adjust_candidates(ladder),
            "one order after a jump of 0.05 %": lambda: self._jump(one),
            "available balance": lambda: self.budget.available_balance("USDT"),
            "a ledger event": self._account_event,
            "an event of an order": self._order_event,
            "all figures anew": self._all_figures,
        }
        assert self.budget.adjust_candidates(ladder) == ladder
        assert not self.budget.unpaid(sent)
        return {name: _quiet_us(call) for name, call in calls.items()}

    def _jump(self, one: scenes.PerpetualOrderCandidate) -> None:
        self._moves += 1
        self.market.move("P0USDT", 60_030 if self._moves % 2 else 60_000)
        assert self.budget.adjust_candidate(one) is one

    def _account_event(self) -> None:
        self._moves += 1
        self.ledger.apply(_REPORTS[self._moves % 2], 2_000)

    def _order_event(self) -> None:
        self._order.is_open = not self._order.is_open
        self.budget.take_order(self._order)

    def _all_figures(self) -> None:
        """Of every position margin, maintenance, result and liquidation price; the ratio, and what may leave."""
        assert len(self.budget.figures.positions()) == PAIRS
        self.budget.figures.withdrawable_e8("USDT")


_FRAMES = (
    b'{"e":"bookTicker","u":%(n)d,"s":"%(s)b","b":"%(mark)d.0","B":"1","a":"%(mark)d.1","A":"1","T":%(n)d,"E":%(n)d}',
    b'{"e":"aggTrade","E":%(n)d,"a":%(n)d,"s":"%(s)b","p":"%(mark)d.1","q":"0.1","f":%(n)d,"l":%(n)d,"T":%(n)d,"m":false}',
    b'{"e":"markPriceUpdate","E":%(n)d,"s":"%(s)b","p":"%(mark)d.0","i":"60000.0","P":"60000.0","r":"0.0001","T":9}',
)
_FEE_RATE = D("0.0005")
_REPORTS = [
    scenes.account(2_000, [scenes.balance("100000000")], [scenes.position(amount, "P0USDT", entry="59000.123")])
    for amount in ("0.5", "0.501")
]


def _quiet_us(call: Callable[[], object]) -> float:
    """The lower quartile of what a call took in a round."""
    begun = thread_time()
    for _ in range(10):
        call()
    calls = max(1, int(ROUND_US / ((thread_time() - begun) * 1e5)))
    means = []
    for _ in range(ROUNDS if calls > 1 else ROUNDS // 5):
        begun = thread_time()
        for _ in range(calls):
            call()
        means.append((thread_time() - begun) / calls * 1e6)
    return statistics.quantiles(means, n=4)[0]


if __name__ == "__main__":
    for orders in LOADS:
        print(json.dumps({"orders": orders, "us": Load(orders).measure()}), flush=True)
