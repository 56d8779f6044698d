from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.liquidation_price import Backing, liquidation_price_e8
from connector.simulator.accounts.positions import Position
from connector.simulator.engine import Engine
from connector.simulator.fixed_point import E8
from connector.simulator.market.collateral_prices import margin_asset
from connector.simulator.market.default_instruments import BTCDOMUSDT, BTCUSDT, ETHUSDT
from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.riskdesk import e8
from tests.companions.simulator.traders import BTC, START_MS, Desk, Trader, charge_of, long_of

LISTED = (
    BTCUSDT,
    BTCDOMUSDT,
    replace(BTCUSDT, symbol="BTCUSDC", quote="USDC"),
    replace(ETHUSDT, symbol="ETHUSDC", quote="USDC"),
)
BY_SYMBOL = {row.symbol: row for row in LISTED}


def price_of(trader: Trader, side: str = "BOTH") -> int:
    margin_pools = trader.desk.engine.margin_pools
    return margin_pools.liquidation_price_e8(trader.account, margin_pools.charges(trader.account), (BTC, side))


def test_at_the_liquidation_price_the_margin_is_just_the_maintenance() -> None:
    for side in (BUY, SELL):
        desk = Desk()
        trader, other = desk.trader("7000"), desk.trader("1000000")
        other.limit(-side, "1", "60000")
        trader.market(side, "1")
        price_e8 = price_of(trader)
        desk.listing.mark_price.fix(price_e8)
        charge = charge_of(trader)
        margin_e8 = trader.account.wallet_e8 + charge.unrealised_e8
        assert abs(margin_e8 - charge.maintenance_e8) <= 2
        assert side * (60_000 * E8 - price_e8) > 0


def test_a_position_that_its_wallet_covers_wholly_is_never_liquidated() -> None:
    desk = Desk()
    trader = long_of(desk, "0.01")
    assert price_of(trader) == 0


def held(symbol: str, amount: str, entry: str) -> Position:
    """A position of so many base units, short when negative."""
    row = BY_SYMBOL[symbol]
    position = Position(row, "BOTH")
    lots = row.lots_of(abs(Decimal(amount)))
    position.trade(BUY if Decimal(amount) > 0 else SELL, lots, row.ticks_of(Decimal(entry)))
    return position


def told(backing: Backing, mark: str, *positions: Position) -> Decimal:
    row = positions[0].instrument
    return Decimal(liquidation_price_e8(backing, row, e8(mark), positions)).scaleb(-8)


def test_a_price_far_below_the_mark_is_found_in_its_own_bracket() -> None:
    """At the mark the notional is beyond every cap but the last; at 9,135.52 it is in the bracket of 10 %."""
    price = told(Backing(0), "30718.1", held("BTCDOMUSDT", "334.672", "8516.2"))
    assert price.quantize(Decimal("0.01")) == Decimal("9135.52")
    notional = price * Decimal("334.672")
    assert BTCDOMUSDT.bracket_of(int(notional.scaleb(8))).rate_e8 == e8("0.1")
    assert abs(notional - Decimal("8516.2") * Decimal("334.672") - (notional / 10 - 98_470)) < Decimal("0.0001")


@pytest.mark.parametrize(
    ("amount", "wallet", "price"),
    [
        ("1", "7000", "53212.8514056225"),  # (60,000 - 7,000) / (1 - 0.4 %)
        ("-1", "7000", "66733.0677290837"),  # (60,000 + 7,000) / (1 + 0.4 %)
        ("10", "70000", "53236.1809045226"),  # 0.5 % less 300
        ("-100", "700000", "66506.2189054726"),  # 1 % less 12,300
    ],
)
def test_a_price_by_hand(amount: str, wallet: str, price: str) -> None:
    row = BTCUSDT.bracket_of(int(abs(Decimal(amount)) * Decimal(price) * E8))
    size, side = abs(Decimal(amount)), 1 if Decimal(amount) > 0 else -1
    rate, cum = Decimal(row.rate_e8).scaleb(-8), Decimal(row.cum_e8).scaleb(-8)
    by_hand = (side * size * 60_000 - Decimal(wallet) - cum) / (size * (side - rate))
    found = told(Backing(e8(wallet)), "60000", held(BTC, amount, "60000"))
    assert abs(found - by_hand) < Decimal("0.0000001")


def test_an_owed_asset_costs_its_ask_rate_on_the_way_to_liquidation() -> None:
    """1 BTCUSDC long at 60,000 backed by 6,000 USD of other assets, USDC at 0.99 / 1.01, maintenance 0.4 %."""
    backing = Backing(0, 0, e8("6000"), e8("0.99"), e8("1.01"))
    by_hand = (60_000 - Decimal(6_000) / Decimal("1.01")) / (1 - Decimal("0.004"))
    assert abs(told(backing, "60000", held("BTCUSDC", "1", "60000")) - by_hand) < Decimal("0.0000001")


def test_an_asset_that_is_held_counts_for_less_and_its_maintenance_for_more() -> None:
    """A debt of other assets of 3,960 USD stands against 8,000 USDC at 0.99; maintenance is taken at 1.01."""
    backing = Backing(e8("8000"), 0, -e8("3960"), e8("0.99"), e8("1.01"))
    price = told(backing, "60000", held("BTCUSDC", "1", "60000"))
    margin = (8_000 + price - 60_000) * Decimal("0.99") - 3_960
    assert abs(margin - price * Decimal("0.004") * Decimal("1.01")) < Decimal("0.000001")


def test_of_two_prices_the_nearer_one_is_told() -> None:
    """Long 200 and short 190, 400,000 to back them: maintenance outgrows the net gain far above the mark."""
    long, short = held(BTC, "200", "60000"), held(BTC, "-190", "60000")
    near_low, near_high = (told(Backing(e8("400000")), mark, long, short) for mark in ("60000", "900000"))
    assert 0 < near_low < 60_000 < near_high


def test_sides_that_gain_by_a_rise_are_told_no_price_that_the_contract_can_not_have() -> None:
    """Long 200 and short 70: only in the last bracket, at prices of billions, maintenance outgrows the net gain."""
    hedged = held(BTC, "200", "60000"), held(BTC, "-70", "60000")
    assert told(Backing(e8("100000000")), "60000", *hedged) == 0
    assert 0 < told(Backing(e8("400000")), "60000", *hedged) < 60_000


def test_a_small_short_is_told_its_price_however_far_it_is() -> None:
    assert told(Backing(e8("1000000")), "60000", held(BTC, "-0.01", "60000")) > BTCUSDT.max_price


def test_what_is_short_more_than_it_is_worth_at_any_price_is_never_told_a_price() -> None:
    assert told(Backing(-e8("61000")), "60000", held(BTC, "-1", "60000")) == 0


@dataclass(frozen=True)
class State:
    """An account, by what decides its liquidation price. Amounts in hundredths of the contract's own start price."""

    symbol: str
    mode: str
    mark: int
    sides: tuple[tuple[int, int], tuple[int, int]]
    other: tuple[int, int]
    wallets: tuple[int, int]


states = st.builds(
    State,
    st.sampled_from(sorted(BY_SYMBOL)),
    st.sampled_from(["cross", "hedge", "isolated", "multi", "multi hedge"]),
    st.integers(20, 500),
    st.tuples(
        st.tuples(st.sampled_from([1, 50, 3_000, 100_000, 2_000_000]), st.integers(20, 500)),
        st.tuples(st.sampled_from([-1, -50, -3_000, -100_000, -2_000_000]), st.integers(20, 500)),
    ),
    st.tuples(st.sampled_from([0, 0, 900, -30_000]), st.integers(80, 125)),
    st.tuples(st.integers(-20, 200), st.integers(-20, 200)),
)


class Scene:
    """A state made real: the account alone, without a market."""

    def __init__(self, state: State, first: int) -> None:
        self.engine = Engine(START_MS, LISTED)
        self.row = BY_SYMBOL[state.symbol]
        self.account: Account = self.engine.open_account(0, START_MS)
        self.account.hedge = "hedge" in state.mode
        self.account.multi_assets = "multi" in state.mode
        if state.mode == "isolated":
            self.account.isolated.add(state.symbol)
        for asset, bid, ask in (("USDT", "0.02", "0.01"), ("USDC", "0.01", "0.03")):
            row = replace(margin_asset(asset), bid_buffer_e8=e8(bid), ask_buffer_e8=e8(ask), fixed_e8=e8("0.99"))
            self.engine.collateral.changed[asset] = row
        scale = 0
        kept = state.sides if self.account.hedge else state.sides[first : first + 1]
        for lots, entry in kept:
            name = ("LONG" if lots > 0 else "SHORT") if self.account.hedge else "BOTH"
            self._hold(self.row.symbol, name, lots, entry)
            scale += abs(lots)
        if state.other[0]:
            self._hold("ETHUSDC" if state.symbol != "ETHUSDC" else BTC, "BOTH", *state.other)
        value_e8 = scale * self.row.lot_e8 * int(self.row.start_price)
        for asset, share in zip((self.row.quote, "BNB"), state.wallets, strict=True):
            units = 1 if asset != "BNB" else 600
            self.account.wallets[asset] = value_e8 * share // 200 // units
        self.key = (state.symbol, name)
        if state.mode == "isolated":
            position = self.account.positions[self.key]
            position.isolated_e8 = self.account.wallets[self.row.quote]
        self.mark(int(self.row.start_price * E8) * state.mark // 100)

    def _hold(self, symbol: str, side: str, lots: int, entry: int) -> None:
        row = BY_SYMBOL[symbol]
        ticks = int(row.start_price * entry / 100 / row.tick)
        self.account.position(row, side).trade(1 if lots > 0 else -1, abs(lots), ticks)

    def mark(self, price_e8: int) -> None:
        self.engine.listing(self.row.symbol).mark_price.fix(price_e8)

    @property
    def price_e8(self) -> int:
        found = self.engine.margin_pools.charges(self.account)
        return self.engine.margin_pools.liquidation_price_e8(self.account, found, self.key)

    @property
    def gains_by_a_rise(self) -> bool:
        """Whether the sides of the contract, together, are no short."""
        return sum(one.lots for one in self.account.held() if one.instrument.symbol == self.row.symbol) >= 0

    def is_solvent(self, price_e8: int) -> bool:
        """Whether the exchange would leave it alone at that mark."""
        self.mark(price_e8)
        found = self.engine.margin_pools.charges(self.account)
        pool = self.engine.margin_pools.backing(self.account, found, self.key)
        return pool.margin_e8 > pool.maintenance_e8

    def prices_within(self, low_e8: int, high_e8: int) -> Iterator[int]:
        """A grid, and the ends of every bracket of every side."""
        yield from range(max(1, low_e8), high_e8, max(1, (high_e8 - low_e8) // 60))
        sizes = [abs(one.lots) for one in self.account.held() if one.instrument.symbol == self.row.symbol]
        edges = (row.cap * E8 * E8 // (size * self.row.lot_e8) for size in sizes for row in self.row.brackets)
        yield from (edge for edge in edges if low_e8 < edge < high_e8)


@settings(max_examples=400, deadline=None)
@given(states, st.integers(0, 1))
def test_whatever_is_held_the_told_price_is_the_nearest_at_which_liquidation_begins_or_ends(
    state: State, first: int
) -> None:
    scene = Scene(state, first)
    mark_e8 = scene.engine.listing(state.symbol).mark_price.mark_e8
    price_e8, tick_e8 = scene.price_e8, scene.row.tick_e8
    if price_e8:
        assert scene.is_solvent(max(1, price_e8 - tick_e8)) != scene.is_solvent(price_e8 + tick_e8)
        reach_e8 = abs(mark_e8 - price_e8) - tick_e8
        low_e8, high_e8 = max(1, mark_e8 - reach_e8), mark_e8 + reach_e8
    else:
        low_e8, high_e8 = tick_e8, 100 * mark_e8
    if scene.gains_by_a_rise:
        high_e8 = min(high_e8, e8(str(scene.row.max_price)))
    nearer = {scene.is_solvent(price) for price in scene.prices_within(low_e8, high_e8)} if low_e8 < high_e8 else set()
    assert len(nearer) <= 1


def test_random_states_have_prices_and_none() -> None:
    """Both happen, so that the property above says something."""
    kinds = set()
    for wallet in (0, 10, 200):
        for first in (0, 1):
            state = State("BTCDOMUSDT", "cross", 100, ((3_000, 100), (-3_000, 100)), (0, 100), (wallet, 0))
            kinds.add(bool(Scene(state, first).price_e8))
    assert kinds == {True, False}
