"""What the budget costs: questions, events and reckoning anew, with 0 to 1,000 orders open and 100 positions.

Each bound is of the compiled twin; the plain one may take three times as long. The same question at all four loads must
cost the same within a fifth while prices stand still.
"""

import json
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from time import perf_counter

from rich.console import Console
from rich.table import Table

from connector.account.brackets import brackets_of, maintenance_e8
from connector.account.budget_checker import BudgetChecker
from connector.account.ledger import Ledger
from connector.account.liquidation_price import PairTerms, Stake, Support, liquidation_price_e8
from connector.account.margin import margin_ratio_e8
from connector.account.margin_state import BudgetSources
from connector.account.order_cost import MarketPrices
from connector.core.amounts import E8, half_up, to_e8
from connector.core.enums import PositionSide
from connector.core.reports import LeverageReport
from connector.core.twins import COMPILED
from connector.venue.contracts import LINEAR
from tests.companions.account import scenes
from tests.companions.sample_rules import rule_of

D = Decimal
LOADS = (0, 20, 100, 1_000)
PAIRS, ORDERED = 100, 3
#: A round is short, so that other work on the machine strikes some of them and not all.
ROUNDS, ROUND_US = 401, 300
PLAIN_TAKES, MOST_APART = 3, 1.2
#: Microseconds, of the compiled twin.
BOUNDS = {
    "one order": 5.0,
    "a ladder of 20": 40.0,
    "one order after a jump of 0.05 %": 40.0,
    "available balance": 5.0,
    "a ledger event": 10.0,
    "all figures anew": 1_000.0,
}
BRACKETS = brackets_of([(125, D(300_000), D("0.004")), (50, D(2_000_000), D("0.01")), (20, D(10**9), D("0.05"))])


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: the lower quartile of its rounds."""

    name: str
    orders: int
    us: float
    bound_us: float

    @property
    def is_within(self) -> bool:
        return self.us <= self.bound_us


class Load:
    """An account of 100 positions with so many orders in three pairs."""

    def __init__(self, orders: int) -> None:
        self.orders = orders
        self.pairs = [f"P{number}-USDT" for number in range(PAIRS)]
        pair_of = {pair.replace("-", ""): pair for pair in self.pairs}
        flat = MarketPrices(D("60000.0"), D("60000.1"), D("60000.0"), D("60000.1"))
        self.prices = dict.fromkeys(self.pairs, flat)
        names = replace(scenes.new_ledger()._names, pair_of=pair_of.get)
        self.ledger = Ledger(names, scenes.FundingPayments(), scenes.PositionDrift())
        held = [scenes.position("0.5", symbol, entry="59000.123") for symbol in pair_of]
        self.ledger.apply(scenes.snapshot(1_000, [scenes.balance("100000000")], held), 1_000)
        for symbol in pair_of:
            self.ledger.apply(LeverageReport(symbol, 20), 1_000)
        sources = BudgetSources(
            contract=LINEAR,
            rules={pair: rule_of(pair) for pair in self.pairs},
            working_orders=lambda: (),
            prices_of=self.prices.__getitem__,
            fee_rate=lambda trading_pair: _FEE_RATE,
            pair_of=pair_of.get,
        )
        self.budget = BudgetChecker(self.ledger, sources)
        for number in range(orders):
            side = scenes.BUY if number % 2 else scenes.SELL
            price = D(60_000) + (number // 6 + 1) * (1 if side is scenes.SELL else -1)
            pair = self.pairs[number % ORDERED]
            self.budget.take_order(scenes.working(side, "0.010", str(price), trading_pair=pair))
        self._event = 2_000

    def measure(self) -> list[Figure]:
        one = scenes.candidate(scenes.BUY, "0.010", "59990.0", trading_pair=self.pairs[0])
        ladder = [
            scenes.candidate(side, "0.010", str(D(60_000) + sign * level), trading_pair=self.pairs[0])
            for level in range(1, 11)
            for side, sign in ((scenes.BUY, -1), (scenes.SELL, 1))
        ]
        calls: dict[str, Callable[[], object]] = {
            "one order": lambda: self.budget.adjust_candidate(one),
            "a ladder of 20": lambda: self.budget.adjust_candidates(ladder),
            "one order after a jump of 0.05 %": lambda: self._jump(one),
            "available balance": lambda: self.budget.available_balance("USDT"),
            "a ledger event": self._account_event,
            "all figures anew": self._all_figures,
        }
        share = 1 if COMPILED else PLAIN_TAKES
        return [Figure(name, self.orders, _quiet_us(call), BOUNDS[name] * share) for name, call in calls.items()]

    def _jump(self, one: scenes.PerpetualOrderCandidate) -> None:
        pair = self.pairs[0]
        is_low = self.prices[pair].mark == D("60000.0")
        self.prices[pair] = _HIGH if is_low else _LOW
        self.budget.adjust_candidate(one)

    def _account_event(self) -> None:
        self._event += 1
        amount = "0.5" if self._event % 2 else "0.501"
        row = _ROWS[amount]
        report = _REPORTS[amount]
        self.ledger.apply(replace(report, time_ms=self._event, positions=(row,)), self._event)

    def _all_figures(self) -> None:
        """Every position's margin, maintenance, ratio and liquidation price, and what is free."""
        state = self.budget._state
        won = need = 0
        rows = []
        mark_e8 = 60_000 * E8
        for pair in state.pairs.values():
            initial, _, result, _ = pair.sums.figures(0)
            sized = pair.sums.held(0)
            maintenance = maintenance_e8(BRACKETS, half_up(sized * mark_e8, E8))
            won += result
            need += maintenance
            rows.append((sized, result, maintenance, initial))
        wallet = state.assets["USDT"].wallet_e8
        cost = LINEAR.cost(D("59000.123"), to_e8(D("0.5")))
        terms = PairTerms(LINEAR, BRACKETS, mark_e8)
        for sized, result, maintenance, _ in rows:
            support = Support(wallet + won - result, need - maintenance)
            liquidation_price_e8(terms, support, (Stake(sized, cost),))
        margin_ratio_e8(need, wallet + won)


_FEE_RATE = D("0.0005")
_LOW = MarketPrices(D("60000.0"), D("60000.1"), D("60000.0"), D("60000.1"))
_HIGH = MarketPrices(D("60030.0"), D("60030.1"), D("60030.0"), D("60030.1"))
_ROWS = {amount: scenes.position(amount, "P0USDT", PositionSide.BOTH, "59000.123") for amount in ("0.5", "0.501")}
_REPORTS = {amount: scenes.account(0, [scenes.balance("100000000")], [row]) for amount, row in _ROWS.items()}


def _quiet_us(call: Callable[[], object]) -> float:
    """The lower quartile of what a call took in a round."""
    begun = perf_counter()
    for _ in range(10):
        call()
    calls = max(1, int(ROUND_US / ((perf_counter() - begun) * 1e5)))
    means = []
    for _ in range(ROUNDS if calls > 1 else ROUNDS // 5):
        begun = perf_counter()
        for _ in range(calls):
            call()
        means.append((perf_counter() - begun) / calls * 1e6)
    return statistics.quantiles(means, n=4)[0]


def uneven(figures: list[Figure]) -> list[str]:
    """The questions whose cost depends on how much is open, while prices stand still."""
    found = []
    for name in ("one order", "a ladder of 20"):
        costs = [figure.us for figure in figures if figure.name == name]
        if max(costs) > MOST_APART * min(costs):
            found.append(f"{name}: {max(costs) / min(costs):.2f} x from the least load to the dearest")
    return found


def run(*, is_json: bool) -> int:
    """Prints all figures; 1 where a bound fails."""
    figures = [figure for orders in LOADS for figure in Load(orders).measure()]
    if is_json:
        for figure in figures:
            print(json.dumps({**asdict(figure), "is_within": figure.is_within}))
    else:
        table = Table(title=f"µs a call, {'compiled' if COMPILED else 'plain'} twin, {PAIRS} positions")
        for column in ("what", "orders open", "µs", "bound", "share of it"):
            table.add_column(column, justify="left" if column == "what" else "right")
        for figure in figures:
            share = f"{figure.us / figure.bound_us:.2f}{'' if figure.is_within else ' !'}"
            table.add_row(figure.name, str(figure.orders), f"{figure.us:.2f}", f"{figure.bound_us:g}", share)
        Console().print(table)
    apart = uneven(figures)
    for line in apart:
        print(line)
    return int(bool(apart) or not all(figure.is_within for figure in figures))
