from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from statistics import median

import pytest

from connector.simulator.background.symbol_model import MAKERS, STEP_MS, Command, Post, SymbolModel
from connector.simulator.engine import Engine
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.default_instruments import BTCUSDT, ETHUSDT, MAJORS
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.orders import BUY, LIMIT, MARKET, SELL, OrderRequest
from tests.companions.simulator.traders import BTC, START_MS


def wish(side: int, ticks: int) -> OrderRequest:
    return OrderRequest(BTC, side, LIMIT, Decimal("0.05"), ticks * BTCUSDT.tick)


def commands(model: SymbolModel, steps: int) -> list[Command]:
    return [command for _ in range(steps) for _, command in model.step()]


class Street:
    """An engine on which nobody trades but one symbol's model."""

    def __init__(self, seed: int = 1, instrument: Instrument = BTCUSDT) -> None:
        self.engine = Engine(START_MS, (instrument,))
        self.listing = self.engine.listing(instrument.symbol)
        self.model = SymbolModel(seed, instrument)
        self.house = [self.engine.open_account(10**20, START_MS, is_house=True).account_id for _ in range(4)]
        self.now_ms = START_MS
        self.refused: list[int] = []

    def step(self, factor: float = 1.0) -> None:
        for after_ms, command in self.model.step(factor):
            self.obey(command, self.now_ms + after_ms)
        self.now_ms += STEP_MS
        self.engine.move_prices({self.listing.symbol: self.model.index_e8()}, self.now_ms)

    def obey(self, command: Command, now_ms: int) -> None:
        account_id = self.house[command.account]
        try:
            if isinstance(command, Post):
                self.engine.place(account_id, command.request, now_ms)
            else:
                self.engine.cancel(account_id, command.symbol, None, command.client_order_id, now_ms)
        except VenueError as refusal:
            self.refused.append(refusal.code)

    def touch(self) -> tuple[int, int]:
        bid, ask = self.listing.book.best(BUY), self.listing.book.best(SELL)
        assert bid is not None and ask is not None
        return bid, ask


def test_the_first_step_posts_both_ladders_whole() -> None:
    posts = [command for _, command in SymbolModel(1, BTCUSDT).step() if isinstance(command, Post)]
    makers = [post.request for post in posts if post.account < MAKERS]
    for side in (BUY, SELL):
        assert len([request for request in makers if request.side == side]) >= 20


def test_takers_come_on_both_sides_with_a_heavy_tail() -> None:
    sizes: dict[int, list[float]] = {BUY: [], SELL: []}
    for command in commands(SymbolModel(3, BTCUSDT), 2_000):
        if isinstance(command, Post) and command.request.kind == MARKET:
            sizes[command.request.side].append(float(command.request.quantity))
    for taken in sizes.values():
        assert len(taken) > 1_000
        assert max(taken) > 50 * sorted(taken)[len(taken) // 2]


def test_the_market_it_makes_has_depth_moves_and_never_crosses() -> None:
    street, mids = Street(), []
    for number in range(1_200):
        street.step()
        bid, ask = street.touch()
        assert bid < ask
        if number % 20 == 0:
            mids.append((bid + ask) / 20)
            assert all(len(street.listing.book.levels(side, 100)) >= 20 for side in (BUY, SELL))
    moves = [abs(after - before) for before, after in pairwise(mids)]
    assert 1 < sum(moves) / len(moves) < 15
    assert abs(street.listing.mark_price.mark_e8 / E8 - mids[-1]) < 60


def test_left_alone_the_makers_know_what_stands() -> None:
    street = Street(5)
    for _ in range(1_200):
        street.step()
    assert set(street.refused) <= {-2011}
    assert len(street.refused) <= 5, "a cancel of what a taker ate, at most"


def test_whoever_stands_in_the_way_of_a_move_is_filled_and_the_makers_come_back() -> None:
    street = Street(2)
    street.step()
    outsider = street.engine.open_account(10**6 * E8, street.now_ms)
    bid, _ = street.touch()
    street.engine.place(outsider.account_id, wish(SELL, bid + 40), street.now_ms)
    for number in range(200):
        street.step(1.0 + min(number, 40) / 40 * 0.004)
    assert outsider.position(BTCUSDT, "BOTH").lots == -50
    bid, ask = street.touch()
    assert ask - bid < 20


@pytest.mark.parametrize(("instrument", "most_held", "most_commands"), [(ETHUSDT, 90, 12), (BTCUSDT, 2_700, 16)])
def test_a_step_of_the_market_is_cheap_however_long_it_runs(
    instrument: Instrument, most_held: int, most_commands: int
) -> None:
    street = Street(7, instrument)
    for _ in range(2_400):
        street.step()
    held = sum(len(orders) for account in street.engine.accounts.values() for orders in account.open_orders.values())
    assert held < most_held
    assert len(commands(street.model, 1_200)) < 1_200 * most_commands


def test_after_a_second_the_book_is_as_deep_as_the_venue_shows_it_and_stays_so() -> None:
    street, short = Street(3), 0
    for number in range(1_800):
        street.step()
        if number > 40:
            short += any(len(street.listing.book.levels(side, 1_000)) < 1_000 for side in (BUY, SELL))
    assert short < 36, "after a great jump it takes some steps"


def test_the_depth_far_out_is_that_of_the_recording() -> None:
    """A thousand levels of 2024-08-08: bids 59, 132 and 326 BTC within 0.05, 0.1 and 0.2 %, asks 50, 129 and 276."""
    street = Street(4)
    sums: dict[float, list[float]] = {0.0005: [], 0.001: [], 0.002: []}
    for number in range(2_400):
        street.step()
        if number > 40 and number % 20 == 0:
            for side in (BUY, SELL):
                levels = street.listing.book.levels(side, 1_500)
                for share, found in sums.items():
                    within = share * levels[0][0]
                    found.append(sum(lots for ticks, lots in levels if abs(ticks - levels[0][0]) <= within) / 1_000)
    for share, recorded in ((0.0005, 54), (0.001, 130), (0.002, 300)):
        assert 0.75 < median(sums[share]) / recorded < 1.33


def test_a_falling_price_costs_no_more_than_three_calm_ones() -> None:
    calm, falling = SymbolModel(5, BTCUSDT), SymbolModel(5, BTCUSDT)
    counts = [(len(calm.step()), len(falling.step(1 - 0.1 * min(number, 300) / 300))) for number in range(1_200)]
    assert sum(fell for _, fell in counts) < 3 * sum(rested for rested, _ in counts)


def test_a_gap_of_three_percent_is_quoted_at_once() -> None:
    street = Street(1)
    street.step()
    before, _ = street.touch()
    street.step(0.97)
    after, _ = street.touch()
    assert 0.965 < after / before < 0.975
    assert street.refused == []


def test_other_contracts_trade_the_same_notional() -> None:
    notionals = []
    for row in MAJORS:
        posts = [command for command in commands(SymbolModel(1, row), 400) if isinstance(command, Post)]
        taken = [post.request.quantity for post in posts if post.request.kind == MARKET]
        notionals.append(float(sum(taken, Decimal(0)) * row.start_price) / len(taken))
    assert 0.5 < notionals[0] / notionals[1] < 2


def test_a_contract_of_coarse_ticks_is_quoted_within_its_price_band() -> None:
    coarse = replace(
        ETHUSDT, tick=Decimal(1), min_price=Decimal(1), max_price=Decimal(10**6), start_price=Decimal(3000)
    )
    street = Street(1, coarse)
    for _ in range(400):
        street.step()
    assert set(street.refused) <= {-2011}
