"""Whatever traders, markets and the exchange itself do: money is neither made nor lost."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.simulator.accounts.algo_orders import STOP_MARKET, AlgoRequest
from connector.simulator.accounts.records import ADDED, COMMISSION, FUNDING_FEE, INSURANCE_CLEAR, REALIZED_PNL, REDUCED
from connector.simulator.accounts.wallets import FUNDING, SPOT, WAYS
from connector.simulator.engine import Engine
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.default_instruments import BTCUSDT, ETHUSDT
from connector.simulator.market.orders import FOK, GTC, IOC, LIMIT, MARKET, AmendRequest, OrderRequest
from tests.companions.simulator.conservation import conserved, imbalances_e16
from tests.companions.simulator.traders import BTC, Desk, Trader

ETH, BTCUSDC = "ETHUSDT", "BTCUSDC"
SYMBOLS = (BTC, ETH, BTCUSDC)
CENTRES = {BTC: 60_000, ETH: 3_000, BTCUSDC: 60_000}
USDC_CONTRACT = replace(BTCUSDT, symbol=BTCUSDC, quote="USDC")

sides, symbols = st.sampled_from([1, -1]), st.sampled_from([BTC, BTC, ETH, BTCUSDC])
Deed = Callable[[Desk, Trader], object]


def order_of(symbol: str, side: int, lots: int, offset: int, time_in_force: str) -> Deed:
    """A limit order `offset` hundredths of a percent from the centre; a market order for an offset of 0."""
    price = CENTRES[symbol] + CENTRES[symbol] * Decimal(offset) / 10_000
    kind = LIMIT if offset else MARKET

    def place(desk: Desk, trader: Trader) -> object:
        sort = ("LONG" if side > 0 else "SHORT") if trader.account.hedge and lots % 3 else "BOTH"
        if trader.account.hedge and sort == "BOTH":
            sort = "SHORT" if side > 0 else "LONG"
        request = OrderRequest(
            symbol, side, kind, lots * Decimal("0.001"), price if offset else None, time_in_force, position_side=sort
        )
        return trader.place(request)

    return place


def margin_type(symbol: str, isolated: bool) -> Deed:
    return lambda desk, trader: desk.engine.account_settings.set_isolated(
        trader.account, desk.engine.listing(symbol), isolated, desk.now_ms
    )


def moved_margin(symbol: str, side: str, kind: int, amount: int) -> Deed:
    return lambda desk, trader: desk.engine.account_settings.move_margin(
        trader.account, desk.engine.listing(symbol), side, kind, amount * E8 // 3, desk.now_ms
    )


def mark(symbol: str, percent: int) -> Deed:
    return lambda desk, trader: desk.engine.listing(symbol).mark_price.fix(
        CENTRES[symbol] * (100 + percent) * E8 // 100
    )


def index(symbol: str, percent: int) -> Deed:
    return lambda desk, trader: desk.engine.move_prices(
        {symbol: CENTRES[symbol] * (100 + percent) * E8 // 100}, desk.now_ms
    )


def transfer(asset: str, amount: int) -> Deed:
    return lambda desk, trader: desk.engine.transfer(trader.id, amount * E8 // 7, desk.now_ms, asset)


def moved(way: str, asset: str, amount: int) -> Deed:
    return lambda desk, trader: desk.engine.move_money(trader.id, way, asset, amount * E8 // 7, desk.now_ms)


def brought(wallet: str, asset: str, amount: int) -> Deed:
    return lambda desk, trader: desk.engine.transfer(trader.id, amount * E8 // 7, desk.now_ms, asset, wallet)


def leverage(symbol: str, times: int) -> Deed:
    return lambda desk, trader: desk.engine.set_leverage(trader.id, symbol, times, desk.now_ms)


def funding(symbol: str, rate_e8: int) -> Deed:
    def settle(desk: Desk, trader: Trader) -> object:
        listing = desk.engine.listing(symbol)
        listing.mark_price.fix_rate(rate_e8)
        return desk.engine.settle_funding(listing, desk.now_ms, desk.now_ms)

    return settle


def amended(symbol: str, lots: int, offset: int) -> Deed:
    """Changes the oldest open order of the symbol; -2013 where there is none."""
    price = CENTRES[symbol] + CENTRES[symbol] * Decimal(offset) / 10_000

    def amend(desk: Desk, trader: Trader) -> object:
        order = next(iter(trader.account.orders_of(symbol).values()), None)
        ask = AmendRequest(
            symbol, order.order_id if order else 0, None, order.side if order else 1, lots * Decimal("0.001"), price
        )
        return desk.engine.amend(trader.id, ask, desk.now_ms)

    return amend


def stop(symbol: str, side: int, lots: int, percent: int) -> Deed:
    trigger = CENTRES[symbol] * Decimal(100 + percent) / 100

    def place(desk: Desk, trader: Trader) -> object:
        sort = ("LONG" if side < 0 else "SHORT") if trader.account.hedge else "BOTH"
        request = AlgoRequest(
            symbol,
            side,
            STOP_MARKET,
            lots * Decimal("0.001"),
            trigger_price=trigger,
            working_type="MARK_PRICE",
            position_side=sort,
        )
        return desk.engine.place_algo(trader.id, request, desk.now_ms)

    return place


def burn(desk: Desk, trader: Trader) -> object:
    trader.account.burns_bnb = not trader.account.burns_bnb
    return None


deeds = st.one_of(
    st.builds(
        order_of,
        symbols,
        sides,
        st.integers(1, 900),
        st.integers(-40, 40),
        st.sampled_from([GTC, GTC, GTC, IOC, FOK]),
    ),
    st.builds(
        order_of, symbols, sides, st.integers(1, 90_000), st.integers(-300, 300), st.sampled_from([GTC, GTC, IOC])
    ),
    st.builds(amended, symbols, st.integers(1, 9_000), st.integers(-40, 40)),
    st.builds(stop, symbols, sides, st.integers(1, 900), st.integers(-20, 20)),
    st.builds(mark, symbols, st.integers(-45, 60)),
    st.builds(index, symbols, st.integers(-10, 10)),
    st.builds(margin_type, symbols, st.booleans()),
    st.builds(
        moved_margin,
        symbols,
        st.sampled_from(["BOTH", "LONG", "SHORT"]),
        st.sampled_from([ADDED, REDUCED]),
        st.integers(1, 9_000),
    ),
    st.builds(transfer, st.sampled_from(["USDT", "USDC", "BNB", "BTC"]), st.integers(-9_000, 9_000)),
    st.builds(moved, st.sampled_from(sorted(WAYS)), st.sampled_from(["USDT", "USDC", "BTC"]), st.integers(-9, 9_000)),
    st.builds(
        brought, st.sampled_from([SPOT, FUNDING]), st.sampled_from(["USDT", "USDC", "BTC"]), st.integers(-900, 9_000)
    ),
    st.builds(leverage, symbols, st.sampled_from([1, 20, 50, 100, 125])),
    st.builds(funding, symbols, st.integers(-2_000_000, 2_000_000)),
    st.sampled_from([burn]),
    st.builds(
        lambda on: lambda desk, trader: desk.engine.account_settings.set_multi_assets(trader.account, on, desk.now_ms),
        st.booleans(),
    ),
    st.builds(lambda on: lambda desk, trader: desk.engine.set_hedge(trader.id, on), st.booleans()),
    st.builds(lambda s: lambda desk, trader: desk.engine.cancel_all(trader.id, s, desk.now_ms), symbols),
    st.builds(lambda s: lambda desk, trader: desk.engine.force_liquidation(trader.id, s, desk.now_ms), symbols),
    st.builds(lambda s: lambda desk, trader: desk.engine.force_adl(trader.id, s, desk.now_ms), symbols),
    st.sampled_from([lambda desk, trader: desk.engine.advance(desk.now_ms)] * 2),
)


def exchange(insurance: int) -> Desk:
    desk = Desk()
    desk.engine = Engine(desk.now_ms, (BTCUSDT, ETHUSDT, USDC_CONTRACT), insurance_e8=insurance * E8)
    return desk


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), deeds), min_size=10, max_size=120),
    st.sampled_from([0, 500, 1_000_000]),
)
def test_no_money_is_made_or_lost_whatever_is_done(rows: list[tuple[int, Deed]], insurance: int) -> None:
    desk = exchange(insurance)
    traders = [desk.trader(deposit) for deposit in ("4000000", "30000", "2500.5", "200000")]
    desk.engine.transfer(traders[0].id, 3 * 10**6 * E8, desk.now_ms, "USDC")
    for who, deed in rows:
        desk.now_ms += 1
        try:
            deed(desk, traders[who])
        except VenueError as refusal:
            assert refusal.code < 0
        assert conserved(desk.engine), imbalances_e16(desk.engine)
    for trader in traders:
        account = trader.account
        for asset, wallet_e8 in account.wallets.items():
            assert wallet_e8 == sum(row.amount_e8 for row in trader.income if row.asset == asset)
        assert all(position.lots or not position.isolated_e8 for position in account.positions.values())


def drawn(dice: Random) -> Deed:
    """One deed of a wild day, trades more often than all else."""
    symbol, side = dice.choice((BTC, BTC, ETH, BTCUSDC)), dice.choice((1, -1))
    rows: tuple[tuple[int, Callable[[], Deed]], ...] = (
        (6, lambda: order_of(symbol, side, dice.randint(1, 900), dice.randint(-40, 40), GTC)),
        (5, lambda: order_of(symbol, side, dice.randint(1, 90_000), dice.randint(-300, 300), GTC)),
        (1, lambda: amended(symbol, dice.randint(1, 9_000), dice.randint(-40, 40))),
        (1, lambda: stop(symbol, side, dice.randint(1, 900), dice.randint(-20, 20))),
        (1, lambda: mark(symbol, dice.randint(-45, 60))),
        (1, lambda: index(symbol, dice.randint(-10, 10))),
        (1, lambda: margin_type(symbol, dice.random() < 0.5)),
        (1, lambda: moved_margin(symbol, "BOTH", dice.choice((ADDED, REDUCED)), dice.randint(1, 9_000))),
        (1, lambda: transfer(dice.choice(("USDT", "USDC", "BNB", "BTC")), dice.randint(-9_000, 9_000))),
        (1, lambda: moved(dice.choice(sorted(WAYS)), dice.choice(("USDT", "USDC")), dice.randint(1, 9_000))),
        (1, lambda: brought(dice.choice((SPOT, FUNDING)), "USDT", dice.randint(-900, 9_000))),
        (1, lambda: funding(symbol, dice.randint(-2_000_000, 2_000_000))),
        (1, lambda: leverage(symbol, dice.choice((20, 50, 100)))),
        (1, lambda: burn),
        (3, lambda: lambda desk, trader: desk.engine.advance(desk.now_ms)),
    )
    return dice.choices([make for _, make in rows], [often for often, _ in rows])[0]()


def test_on_wild_days_the_books_stay_right_through_liquidation_and_deleveraging() -> None:
    met: Counter[str] = Counter()
    for seed in range(25):
        dice = Random(seed)
        desk = exchange(dice.choice((0, 500, 1_000_000)))
        traders = [desk.trader(deposit) for deposit in ("4000000", "30000", "2500.5", "200000")]
        for _ in range(300):
            desk.now_ms += 1
            try:
                drawn(dice)(desk, dice.choice(traders))
            except VenueError as refusal:
                assert refusal.code < 0
            assert conserved(desk.engine), imbalances_e16(desk.engine)
        met.update(forced.cause for trader in traders for forced in trader.account.forced)
        met.update(row.kind for trader in traders for row in trader.income)
    assert {"LIQUIDATION", "ADL", INSURANCE_CLEAR, FUNDING_FEE, COMMISSION, REALIZED_PNL} <= set(met)


def test_an_imbalance_is_found() -> None:
    desk = exchange(0)
    trader = desk.trader("100")
    assert conserved(desk.engine)
    trader.account.wallets["USDT"] += 1
    assert imbalances_e16(desk.engine) == {"USDT": E8}
    assert not conserved(desk.engine)


def test_a_contract_without_its_other_side_is_found() -> None:
    desk = exchange(0)
    long, short = desk.trader(), desk.trader()
    short.limit(-1, "0.01", "60000")
    long.market(1, "0.01")
    assert conserved(desk.engine)
    long.account.position(desk.listing.instrument, "BOTH").lots = 0
    assert not conserved(desk.engine)


@pytest.mark.parametrize("asset", ["USDC", "BNB"])
def test_every_asset_has_its_own_books(asset: str) -> None:
    desk = exchange(0)
    trader = desk.trader("100")
    desk.engine.transfer(trader.id, 5 * E8, desk.now_ms, asset)
    trader.account.wallets[asset] -= 2
    assert imbalances_e16(desk.engine) == {asset: -2 * E8}
