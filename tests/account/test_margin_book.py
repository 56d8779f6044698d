"""Sums that are kept event by event, against the plain arithmetic over all orders, on random states of both twins."""

import random
from dataclasses import dataclass, field
from decimal import Decimal
from types import ModuleType

import pytest

from connector.account.brackets import brackets_of, maintenance_e8
from connector.account.compiled import margin_book as compiled
from connector.account.inferred import HeldPosition, OpeningOrder, SideMargin, side_margin
from connector.account.margin import result_e8
from connector.account.order_cost import order_prices
from connector.account.plain import margin_book as plain
from connector.core.amounts import E8
from connector.venue.contracts import INVERSE, LINEAR, ContractMath

TWINS = pytest.mark.parametrize("twin", [plain, compiled], ids=["plain", "compiled"])
CONTRACTS = pytest.mark.parametrize("contract", [LINEAR, INVERSE], ids=["linear", "inverse"])
MODES = pytest.mark.parametrize("hedge", [False, True], ids=["one-way", "hedge"])
#: Of each twin, contract and mode: 8 x 50 x 104 = 41,600 states.
WALKS, STEPS = 50, 104
MID_E8 = 60_000 * E8
D = Decimal

#: In the margin asset: USDT, and for inverse contracts the coin.
TABLES = {
    LINEAR: brackets_of([(125, D(50_000), D("0.004")), (50, D(300_000), D("0.01")), (20, D(10**7), D("0.05"))]),
    INVERSE: brackets_of([(125, D("0.00004"), D("0.004")), (50, D("0.0001"), D("0.01")), (20, D(1), D("0.05"))]),
}

Row = tuple[int, bool, int, int]


@dataclass
class Walk:
    """One random account of one pair, and what it ought to come to."""

    twin: ModuleType
    contract: ContractMath
    hedge: bool
    chance: random.Random
    orders: list[Row] = field(default_factory=list)
    held: dict[int, tuple[int, int, bool]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.asset = self.twin.AssetSum()
        self.pair = self.twin.PairSums(self.contract, self.asset)
        self.brackets = TABLES[self.contract] if self.chance.random() < 0.9 else ()
        self.pair.set_brackets(self.brackets)
        self.leverage = 1
        self.asset.wallet_e8 = 10_000 * E8
        self.move()

    @property
    def sides(self) -> tuple[int, ...]:
        return (plain.LONG, plain.SHORT) if self.hedge else (plain.BOTH,)

    def price_e8(self) -> int:
        return MID_E8 + self.chance.randint(-3_000, 3_000) * E8 // 10

    def step(self) -> None:
        self.chance.choice([self.place, self.place, self.end, self.fill, self.move, self.lever, self.isolate])()

    def place(self) -> None:
        which = self.chance.choice(self.sides)
        is_buy = {plain.LONG: True, plain.SHORT: False}.get(which, self.chance.random() < 0.5)
        price_e8 = 0 if self.chance.random() < 0.1 else self.price_e8()
        row = which, is_buy, price_e8, self.chance.randint(1, 5_000) * E8 // 1_000
        self.orders.append(row)
        self.pair.order(*row)

    def end(self) -> None:
        if self.orders:
            which, is_buy, price_e8, sized = self.orders.pop(self.chance.randrange(len(self.orders)))
            self.pair.order(which, is_buy, price_e8, -sized)

    def fill(self) -> None:
        which = self.chance.choice(self.sides)
        sized = self.chance.randint(0, 8_000) * E8 // 1_000
        if which == plain.SHORT or (which == plain.BOTH and self.chance.random() < 0.5):
            sized = -sized
        cost = sized * self.contract.unit(self.price_e8())
        self.held[which] = sized, cost, self.held.get(which, (0, 0, False))[2]
        self.pair.hold(which, *self.held[which])

    def isolate(self) -> None:
        for which in self.sides:
            sized, cost, is_isolated = self.held.get(which, (0, 0, False))
            self.held[which] = sized, cost, not is_isolated
            self.pair.hold(which, *self.held[which])

    def move(self) -> None:
        mark_e8, last_e8 = self.price_e8(), self.price_e8()
        self.prices_e8 = mark_e8, last_e8, last_e8 - E8, last_e8 + E8
        self.pair.set_prices(*self.prices_e8)

    def lever(self) -> None:
        self.leverage = self.chance.randint(1, 125)
        self.pair.set_terms(self.leverage, plain.NO_CAP)

    def expected(self, which: int, *more: Row) -> SideMargin:
        sized = self.held.get(which, (0, 0, False))[0]
        held = HeldPosition(self.contract, self.leverage, self.prices_e8[0], sized)
        orders = [
            OpeningOrder(is_buy, amount, order_prices(is_buy=is_buy, price_e8=price_e8, prices_e8=self.prices_e8))
            for side, is_buy, price_e8, amount in (*self.orders, *more)
            if side == which
        ]
        return side_margin(held, orders)

    def check(self) -> None:
        drawn_e8 = isolated_e8 = won_e8 = needed_e8 = unbracketed = 0
        for which in self.sides:
            sized, cost, is_isolated = self.held.get(which, (0, 0, False))
            wanted = self.expected(which)
            result = result_e8(self.contract, sized, cost, self.prices_e8[0])
            figures = wanted.position_e8, wanted.orders_e8, result, wanted.exposure_e8
            assert self.pair.figures(which) == figures
            drawn_e8 += wanted.orders_e8 if is_isolated else wanted.initial_e8
            isolated_e8 += wanted.orders_e8 if is_isolated else 0
            won_e8 += 0 if is_isolated else result
            notional_e8 = HeldPosition(self.contract, self.leverage, self.prices_e8[0], sized).notional_e8
            assert self.pair.held_e8(which) == notional_e8
            needs = maintenance_e8(self.brackets, abs(notional_e8)) if self.brackets or not notional_e8 else None
            assert self.pair.needed_e8(which) == needs
            needed_e8 += 0 if is_isolated else needs or 0
            unbracketed += needs is None and not is_isolated
        asset = self.asset
        assert (asset.drawn_e8, asset.isolated_orders_e8, asset.result_e8) == (drawn_e8, isolated_e8, won_e8)
        assert (asset.needed_e8, asset.unbracketed) == (needed_e8, unbracketed)
        assert self.pair.cross() == (won_e8, needed_e8)
        assert asset.free_e8 == asset.wallet_e8 + won_e8 - drawn_e8

    def ask(self) -> None:
        """Two more orders, the second beside the first, take what the plain sums differ by."""
        which = self.chance.choice(self.sides)
        granted: list[Row] = []
        for _ in range(2):
            is_buy = {plain.LONG: True, plain.SHORT: False}.get(which, self.chance.random() < 0.5)
            price_e8 = 0 if self.chance.random() < 0.3 else self.price_e8()
            row = which, is_buy, price_e8, self.chance.randint(1, 5_000) * E8 // 1_000
            before, after = self.expected(which, *granted), self.expected(which, *granted, row)
            need = self.pair.need(*row)
            assert (need.margin_e8, need.exposure_e8) == (after.initial_e8 - before.initial_e8, after.exposure_e8)
            self.asset.withheld_e8 = self.asset.free_e8 + self.asset.withheld_e8 - need.margin_e8 - need.fees_e8 + 1
            assert self.pair.can_pay(*row) is self.pair.pays(need) is (need.margin_e8 + need.fees_e8 <= 0)
            self.asset.withheld_e8 -= 1
            assert self.pair.grant(*row)
            granted.append(row)
        self.pair.release()
        self.asset.granted_e8 = self.asset.withheld_e8 = 0


@TWINS
@CONTRACTS
@MODES
def test_what_is_kept_event_by_event_is_the_plain_sum(twin: ModuleType, contract: ContractMath, hedge: bool) -> None:
    for seed in range(WALKS):
        walk = Walk(twin, contract, hedge, random.Random(seed))
        for _ in range(STEPS):
            walk.step()
            walk.ask()
            walk.check()


@TWINS
def test_nothing_is_reckoned_before_prices_are_known(twin: ModuleType) -> None:
    asset = twin.AssetSum()
    pair = twin.PairSums(LINEAR, asset)
    pair.order(plain.BOTH, True, 100 * E8, 5 * E8)
    assert (pair.is_used, pair.mark_e8, asset.drawn_e8) == (True, 0, 0)
    pair.set_prices(100 * E8, 100 * E8, 99 * E8, 101 * E8)
    assert asset.drawn_e8 == 500 * E8


@TWINS
def test_a_bracket_refuses_what_margin_would_pay_and_takes_what_needs_no_more(twin: ModuleType) -> None:
    """A position of 600 with a cap of 500: no more buys, but a sell that shrinks it."""
    asset = twin.AssetSum()
    asset.wallet_e8 = 10_000 * E8
    pair = twin.PairSums(LINEAR, asset)
    pair.set_prices(100 * E8, 100 * E8, 100 * E8, 100 * E8)
    pair.hold(plain.BOTH, 6 * E8, 600 * E8 * E8, False)
    pair.set_terms(10, 500 * E8)
    assert not pair.grant(plain.BOTH, True, 100 * E8, E8)
    assert pair.grant(plain.BOTH, False, 101 * E8, E8)


@TWINS
def test_fees_are_of_the_share_that_opens(twin: ModuleType) -> None:
    """Long 3, a sell of 5 opens 2: 2 x 100.15 x 0.1 %."""
    pair = twin.PairSums(LINEAR, twin.AssetSum())
    pair.set_prices(100 * E8, 100 * E8, 100 * E8, 100 * E8)
    pair.hold(plain.BOTH, 3 * E8, 300 * E8 * E8, False)
    pair.fee_e8 = E8 // 1_000
    assert pair.need(plain.BOTH, False, 100 * E8, 3 * E8).fees_e8 == 0
    assert pair.need(plain.BOTH, False, 100 * E8, 5 * E8).fees_e8 == 20_030_000
