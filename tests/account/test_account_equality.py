"""After each event of the account the ledger says what the exchange says, to the last digit.

Random days by seed: orders, fills, cancels and changes by us and by others on the same account, price moves, funding,
leverage, margin, modes, liquidations, deleveraging, other brackets. The market stands still at the comparison, to
which the exchange's prices of that instant are handed; where none moved since the last one, none has to be.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.intents import OrderIntent
from connector.simulator.accounts.algo_orders import MARK_PRICE, STOP, AlgoRequest
from connector.simulator.accounts.records import ADDED, REDUCED
from connector.simulator.engine import Engine
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.collateral_prices import MarginAsset
from connector.simulator.market.default_instruments import BTCUSDC, BTCUSDT, ETHUSDT
from connector.simulator.market.instruments import scaled
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BUY, GTC, LIMIT, MARKET, SELL, AmendRequest, Order, OrderRequest
from tests.companions.account.mirrored_account import MirroredAccount
from tests.companions.simulator.traders import START_MS

D = Decimal
ASSETS = ("USDT", "USDC", "BNB")
LEVERAGES = (1, 2, 3, 5, 10, 20, 33, 50, 75)
#: Its index and its buffers of bid and ask, of the automatic exchange as well, and below what is exchanged.
USDT_RATES_E8 = (99 * 10**6, 10**6, 5 * 10**5, 5 * 10**5, 25 * 10**4, -(10**12))


class Day:
    """An account's life by chance."""

    def __init__(self, seed: int, *, has_others: bool = True) -> None:
        self.chance = random.Random(seed)
        self.now_ms = START_MS
        self.engine = Engine(START_MS, (BTCUSDT, ETHUSDT, BTCUSDC))
        if seed % 2:
            self.engine.collateral.changed["USDT"] = MarginAsset("USDT", "", *USDT_RATES_E8)
        self.maker = self.engine.open_account(0, START_MS, is_house=True)
        self.account = self.engine.open_account(0, START_MS)
        for asset in ASSETS:
            self.engine.transfer(self.account.account_id, self.chance.randint(0, 60_000) * E8, START_MS, asset)
        self.brackets = {symbol: listing.instrument.brackets for symbol, listing in self.engine.listings.items()}
        self.engine.drain()
        self.mirror = MirroredAccount(self.engine, self.account, ASSETS, START_MS)
        self.kinds, self.states = Counter[str](), Counter[str]()
        self.figures = self.number = 0
        self.steps: list[tuple[Callable[[], None], int]] = [
            (self.own_order, 22), (self.others_order, 14 * has_others), (self.cancel, 10), (self.change, 8),
            (self.fill, 16), (self.move, 14), (self.jump, 2), (self.funding, 3), (self.leverage, 4),
            (self.isolated_margin, 4), (self.transfer, 3), (self.conditional, 3 * has_others), (self.snapshot, 3),
            (self.liquidation, 1), (self.adl, 1), (self.other_brackets, 1), (self.fee_burn, 1), (self.other_modes, 2),
        ]  # fmt: skip

    def live(self, steps: int) -> None:
        kinds, weights = zip(*self.steps, strict=True)
        for _ in range(steps):
            self.step(self.chance.choices(kinds, weights)[0])

    def step(self, kind: Callable[[], None]) -> None:
        self.now_ms += self.chance.randint(1, 900)
        self.mirror.clock.advance(max(0, self.now_ms - self.mirror.clock.now_ms()))
        self.make_market()
        if kind in (self.cancel, self.change, self.fill) and not self.account.has_open_orders():
            kind = self.own_order
        try:
            kind()
        except VenueError as refusal:
            self.kinds[f"refused {refusal.code}"] += 1
        else:
            self.kinds[kind.__name__] += 1
        self.engine.advance(self.now_ms)
        self.number += 1
        self.mirror.hear(self.engine.drain(), self.now_ms)
        self.figures += self.mirror.compare(self.now_ms, (self.number, kind.__name__))
        self.states.update(self._state())

    def _state(self) -> Iterator[str]:
        """What the account is like, as far as margin is reckoned by other sums there."""
        account, held = self.account, self.account.held()
        symbols = {position.instrument.symbol for position in held}
        if len(symbols) > 1:
            yield "several pairs"
        if len(held) > len(symbols):
            yield "both sides of a hedge"
        if symbols & account.isolated:
            yield "isolated"
        if any(account.orders_of(symbol) for symbol in tuple(account.isolated)):
            yield "orders of an isolated pair"
        if held and account.multi_assets:
            yield "joint"
        if any(wallet_e8 < 0 for wallet_e8 in account.wallets.values()):
            yield "in debt"
        if held and not account.multi_assets and not account.isolated:
            yield "one asset, cross"

    def make_market(self) -> None:
        """The maker stands a little beside each mark."""
        for symbol, listing in self.engine.listings.items():
            self.engine.cancel_all(self.maker.account_id, symbol, self.now_ms)
            tick_e8 = listing.instrument.tick_e8
            ticks = listing.mark_price.mark_e8 // tick_e8
            for side in (BUY, SELL):
                price = (ticks - side * self.chance.randint(1, 60)) * listing.instrument.tick
                self._make(symbol, side, price)

    def _make(self, symbol: str, side: int, price: Decimal) -> None:
        try:
            self.engine.place(self.maker.account_id, OrderRequest(symbol, side, LIMIT, D(500), price), self.now_ms)
        except VenueError as refusal:
            assert refusal.code == -4024, refusal

    # What may happen.

    def own_order(self) -> None:
        """Through the tracker, which knows it before the exchange does."""
        listing, ask = self._ask(f"own-{self.number}")
        closes = ask.reduce_only or (self.account.hedge and (ask.side == BUY) != (ask.position_side == "LONG"))
        intent = OrderIntent(
            self.mirror.pair_of[ask.symbol], TradeType.BUY if ask.side == BUY else TradeType.SELL,
            OrderType.LIMIT if ask.kind == LIMIT else OrderType.MARKET, ask.quantity, ask.price,
            PositionAction.CLOSE if closes else PositionAction.OPEN,
        )  # fmt: skip
        leverage = self.account.leverage(listing.symbol)
        self.mirror.tracker.open_order(intent, ask.client_order_id, leverage=leverage, now_ms=self.now_ms)
        try:
            self.engine.place(self.account.account_id, ask, self.now_ms)
        except VenueError:
            self.mirror.refused(ask.client_order_id, ask.symbol)
            raise

    def others_order(self) -> None:
        _, ask = self._ask(f"hand-{self.number}")
        self.engine.place(self.account.account_id, ask, self.now_ms)

    def _ask(self, name: str) -> tuple[Listing, OrderRequest]:
        listing = self._listing()
        chance, row = self.chance, listing.instrument
        side = chance.choice((BUY, SELL))
        lots = chance.randint(1, chance.choice((20, 200, 1_000, 8_000)))
        quantity = row.step * lots
        kind = chance.choices((LIMIT, MARKET), (3, 1))[0]
        mark = D(listing.mark_price.mark_e8) / E8
        price = (mark * D(1_000_000 + chance.randint(-25_000, 25_000)) / 1_000_000 // row.tick) * row.tick
        position_side = chance.choice(("LONG", "SHORT")) if self.account.hedge else "BOTH"
        reduce_only = not self.account.hedge and chance.random() < 0.15
        return listing, OrderRequest(
            listing.symbol, side, kind, quantity, price if kind == LIMIT else None, GTC, reduce_only, position_side,
            client_order_id=name,
        )  # fmt: skip

    def cancel(self) -> None:
        order = self._open_order()
        self.engine.cancel(self.account.account_id, order.symbol, order.order_id, None, self.now_ms)

    def change(self) -> None:
        order = self._open_order()
        row = self.engine.listings[order.symbol].instrument
        quantity = row.step * max(1, order.lots + self.chance.randint(-order.lots // 2, order.lots))
        price = row.tick * (order.price_ticks + self.chance.randint(-300, 300))
        ask = AmendRequest(order.symbol, order.order_id, None, order.side, quantity, price)
        self.engine.amend(self.account.account_id, ask, self.now_ms)

    def fill(self) -> None:
        order = self._open_order()
        self.engine.fill_order(
            self.account.account_id, order.symbol, order.order_id, self.chance.randint(1, 4), self.now_ms
        )

    def move(self) -> None:
        self._move(4_000)

    def jump(self) -> None:
        self._move(90_000)

    def _move(self, most: int) -> None:
        """Mark prices of all, each by so many millionths at most, and the index of one."""
        for symbol, listing in self.engine.listings.items():
            change = D(1_000_000 + self.chance.randint(-most, most)) / 1_000_000
            mark_e8 = int(D(listing.mark_price.mark_e8) * change)
            start_e8 = int(listing.instrument.start_price * E8)
            self.engine.fix_mark(symbol, min(max(mark_e8, start_e8 // 2), start_e8 * 2))
        listing = self._listing()
        self.engine.move_prices({listing.symbol: listing.mark_price.mark_e8 + self.chance.randint(0, E8)}, self.now_ms)

    def funding(self) -> None:
        listing = self._listing()
        listing.mark_price.fix_rate(self.chance.randint(-300_000, 300_000))
        self.engine.settle_funding(listing, self.now_ms, self.now_ms)

    def leverage(self) -> None:
        symbol = self._listing().symbol
        self.engine.set_leverage(self.account.account_id, symbol, self.chance.choice(LEVERAGES), self.now_ms)

    def isolated_margin(self) -> None:
        held = [one for one in self.account.held() if one.instrument.symbol in self.account.isolated]
        if not held:
            return self._isolated()
        position, kind = self.chance.choice(held), self.chance.choice((ADDED, REDUCED))
        self.engine.move_margin(
            self.account.account_id, position.instrument.symbol, position.position_side, kind,
            self.chance.randint(1, 300 * E8), self.now_ms,
        )  # fmt: skip
        return None

    def transfer(self) -> None:
        asset = self.chance.choice(ASSETS)
        amount_e8 = self.chance.randint(-5_000 * E8, 20_000 * E8) // (100 if asset == "BNB" else 1)
        self.engine.transfer(self.account.account_id, amount_e8, self.now_ms, asset)

    def conditional(self) -> None:
        """One of others', which holds nothing until the mark price triggers it."""
        listing, ask = self._ask(f"stop-{self.number}")
        mark = D(listing.mark_price.mark_e8) / E8
        trigger = mark * D(1_000_000 + ask.side * self.chance.randint(50, 4_000)) / 1_000_000 // listing.instrument.tick
        self.engine.place_algo(
            self.account.account_id,
            AlgoRequest(
                ask.symbol, ask.side, STOP, ask.quantity, ask.price or mark // 1, trigger * listing.instrument.tick,
                working_type=MARK_PRICE, client_algo_id=ask.client_order_id, position_side=ask.position_side,
            ),
            self.now_ms,
        )  # fmt: skip

    def snapshot(self) -> None:
        """Balances and positions are read, as they are every few seconds."""
        self.mirror.hear(self.engine.drain(), self.now_ms)
        self.mirror.read_account(self.now_ms)

    def liquidation(self) -> None:
        self.engine.force_liquidation(self.account.account_id, self._listing().symbol, self.now_ms)

    def adl(self) -> None:
        self.engine.force_adl(self.account.account_id, self._listing().symbol, self.now_ms)

    def other_brackets(self) -> None:
        """Not pushed: both brackets and what they allow are read again."""
        symbol = self._listing().symbol
        share = self.chance.choice((D("0.05"), D("0.3"), D(1), D(1), D(2)))
        self.engine.change_brackets(symbol, scaled(self.brackets[symbol], share), self.now_ms)
        self.mirror.read_brackets()
        self.mirror.read_leverages()

    def fee_burn(self) -> None:
        self.engine.set_fee_burn(self.account.account_id, self.chance.random() < 0.5)

    def other_modes(self) -> None:
        """All is closed and cancelled, and the account set up anew, by whomever."""
        for symbol in self.engine.listings:
            self.engine.cancel_all(self.account.account_id, symbol, self.now_ms)
            self.engine.cancel_algos(self.account.account_id, symbol, self.now_ms)
            if self.account.holds(symbol):
                self.engine.force_adl(self.account.account_id, symbol, self.now_ms)
        for wanted in (self._hedge, self._isolated, self._multi_assets):
            try:
                wanted()
            except VenueError as refusal:
                self.kinds[f"refused {refusal.code}"] += 1
            else:
                self.kinds[wanted.__name__] += 1

    def _hedge(self) -> None:
        self.engine.set_hedge(self.account.account_id, self.chance.random() < 0.5)
        self.mirror.read_config()

    def _isolated(self) -> None:
        for symbol in self.engine.listings:
            if self.chance.random() < 0.5:
                isolated = symbol not in self.account.isolated
                self.engine.set_isolated(self.account.account_id, symbol, isolated, self.now_ms)

    def _multi_assets(self) -> None:
        if self.chance.random() < 0.5:
            for symbol in tuple(self.account.isolated):
                self.engine.set_isolated(self.account.account_id, symbol, False, self.now_ms)
        self.engine.set_multi_assets(self.account.account_id, not self.account.multi_assets, self.now_ms)

    def _listing(self) -> Listing:
        return self.chance.choice(list(self.engine.listings.values()))

    def _open_order(self) -> Order:
        return self.chance.choice([order for rows in self.account.open_orders.values() for order in rows.values()])


@pytest.mark.parametrize("seed", range(4))
def test_the_ledger_equals_the_exchange_after_each_event(seed: int) -> None:
    day = Day(seed)
    day.live(250)
    assert day.figures > 250 * 15
    assert day.mirror.aged > 20, "with the prices of before the figures are others, and by nothing else"


@pytest.mark.parametrize("seed", range(10, 12))
def test_what_we_and_the_exchange_itself_did_is_no_drift(seed: int) -> None:
    """Snapshots are read in between, at whatever mark, after liquidations and deleveraging."""
    day = Day(seed, has_others=False)
    day.live(250)
    assert day.kinds["snapshot"]
    assert not day.mirror.drifts


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_the_ledger_equals_the_exchange_over_twenty_thousand_steps() -> None:
    kinds, states = Counter[str](), Counter[str]()
    for seed in range(100, 140):
        day = Day(seed)
        day.live(500)
        kinds += day.kinds
        states += day.states
    steps = {kind.__name__ for kind, _ in day.steps} | {"_hedge", "_isolated", "_multi_assets"}
    assert not steps - kinds.keys(), kinds
    assert kinds["refused -2019"], kinds
    assert len(states) == 7, states
    assert min(states.values()) > 100, states
