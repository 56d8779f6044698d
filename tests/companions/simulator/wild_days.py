"""What traders, markets and the exchange itself can do in a wild day: deeds by name, and days drawn by seed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from connector.simulator.accounts.algo_orders import STOP_MARKET, AlgoRequest
from connector.simulator.accounts.isolated_margin import addable_e8, removable_e8
from connector.simulator.accounts.records import ADDED, REDUCED
from connector.simulator.accounts.wallets import FUNDING, FUTURES, SPOT, WAYS
from connector.simulator.engine import Engine
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.collateral_prices import margin_asset
from connector.simulator.market.default_instruments import BTCUSDT, ETHUSDT
from connector.simulator.market.instruments import scaled
from connector.simulator.market.orders import GTC, LIMIT, MARKET, AmendRequest, OrderRequest
from connector.simulator.persistence.journal import Journal
from tests.companions.simulator.conservation import conserved, imbalances_e16
from tests.companions.simulator.traders import BTC, Desk, Trader

ETH, BTCUSDC = "ETHUSDT", "BTCUSDC"
CENTRES = {BTC: 60_000, ETH: 3_000, BTCUSDC: 60_000}
USDC_CONTRACT = replace(BTCUSDT, symbol=BTCUSDC, quote="USDC")

ASSETS = ("USDT", "USDC", "BNB", "BTC")
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
    return lambda desk, trader: desk.engine.set_isolated(trader.id, symbol, isolated, desk.now_ms)


def moved_margin(symbol: str, side: str, kind: int, amount: int) -> Deed:
    return lambda desk, trader: desk.engine.move_margin(trader.id, symbol, side, kind, amount * E8 // 3, desk.now_ms)


def moved_to_the_limit(symbol: str, side: str, kind: int, beyond: int) -> Deed:
    """The most that may be moved, and `beyond` units more: the one is taken, the other refused."""

    def move(desk: Desk, trader: Trader) -> object:
        pools = desk.engine.margin_pools
        found = pools.charges(trader.account)
        row = found.get((symbol, side))
        most_e8 = 0
        if row is not None:
            most_e8 = removable_e8(row) if kind == REDUCED else addable_e8(pools.of(trader.account, found, row.asset))
        position = trader.account.positions.get((symbol, side))
        may = symbol in trader.account.isolated and side in trader.account.sides() and position and position.lots
        try:
            desk.engine.move_margin(trader.id, symbol, side, kind, most_e8 + beyond, desk.now_ms)
        except VenueError:
            assert beyond or not most_e8 or not may
            raise
        assert not beyond and may
        return None

    return move


def withdrawn_to_the_limit(asset: str, beyond: int) -> Deed:
    """The most that may be withdrawn, and `beyond` units more: the one leaves enough behind, the other is refused."""

    def withdraw(desk: Desk, trader: Trader) -> object:
        pools, account = desk.engine.margin_pools, trader.account
        most_e8 = pools.withdrawable_e8(account, pools.charges(account), asset)
        try:
            desk.engine.transfer(trader.id, -most_e8 - beyond, desk.now_ms, asset)
        except VenueError:
            assert beyond
            raise
        assert not beyond
        assert not most_e8 or pools.free_e8(account, asset) >= 0 <= account.cross_wallet_e8(asset)
        return None

    return withdraw


def mark(symbol: str, percent: int) -> Deed:
    return lambda desk, trader: desk.engine.fix_mark(symbol, CENTRES[symbol] * (100 + percent) * E8 // 100)


def index(symbol: str, percent: int) -> Deed:
    return lambda desk, trader: desk.engine.move_prices(
        {symbol: CENTRES[symbol] * (100 + percent) * E8 // 100}, desk.now_ms
    )


def transfer(asset: str, amount: int, wallet: str = FUTURES) -> Deed:
    return lambda desk, trader: desk.engine.transfer(trader.id, amount * E8 // 7, desk.now_ms, asset, wallet)


def moved(way: str, asset: str, amount: int) -> Deed:
    return lambda desk, trader: desk.engine.move_money(trader.id, way, asset, amount * E8 // 7, desk.now_ms)


def filled(symbol: str, trades: int) -> Deed:
    """The trader's oldest order of a symbol is filled by the house, out of turn, in so many trades."""

    def fill(desk: Desk, trader: Trader) -> object:
        order_id = next(iter(trader.account.orders_of(symbol)), 0)
        return desk.engine.fill_order(trader.id, symbol, order_id, trades, desk.now_ms)

    return fill


def bracketed(symbol: str, percent: int) -> Deed:
    """Brackets of a symbol so many percent as wide as at first."""
    table = scaled(BTCUSDT.brackets, Decimal(percent) / 100)
    return lambda desk, trader: desk.engine.change_brackets(symbol, table, desk.now_ms)


def refused(symbol: str, codes: tuple[int, ...]) -> Deed:
    return lambda desk, trader: desk.engine.refuse_opening(symbol, codes)


def reset(desk: Desk, trader: Trader) -> object:
    """Ids fall, as after an engine's reset."""
    return desk.engine.drop_ids()


def leverage(symbol: str, times: int) -> Deed:
    return lambda desk, trader: desk.engine.set_leverage(trader.id, symbol, times, desk.now_ms)


def funding(symbol: str, rate_e8: int) -> Deed:
    def settle(desk: Desk, trader: Trader) -> object:
        desk.engine.adjust_funding(symbol, desk.now_ms, None, None, None, rate_e8)
        return desk.engine.settle_funding(desk.engine.listing(symbol), desk.now_ms, desk.now_ms)

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
    desk.engine.set_fee_burn(trader.id, not trader.account.burns_bnb)
    return None


def advanced(desk: Desk, trader: Trader) -> object:
    desk.engine.advance(desk.now_ms)
    return None


def hedged(on: bool) -> Deed:
    return lambda desk, trader: desk.engine.set_hedge(trader.id, on)


def joint(on: bool) -> Deed:
    return lambda desk, trader: desk.engine.set_multi_assets(trader.id, on, desk.now_ms)


def worth(asset: str, percent: int, bid: int, ask: int) -> Deed:
    """An asset at so many percent of its price, with buffers in percent."""
    row = margin_asset(asset)
    changed = replace(
        row,
        priced_by="",
        fixed_e8=row.fixed_e8 * percent // 100,
        bid_buffer_e8=bid * E8 // 100,
        ask_buffer_e8=ask * E8 // 100,
        exchange_bid_buffer_e8=bid * E8 // 200,
        exchange_ask_buffer_e8=ask * E8 // 200,
    )
    return lambda desk, trader: desk.engine.set_asset(changed)


def exchange(insurance: int) -> Desk:
    desk = Desk()
    desk.engine = Engine(desk.now_ms, (BTCUSDT, ETHUSDT, USDC_CONTRACT), insurance_e8=insurance * E8)
    return desk


def fund_is_sound(desk: Desk) -> bool:
    """Whether the insurance fund of every margin asset has something or nothing, never less, gains left out."""
    fund = desk.engine.risk_monitor.fund
    return all(fund.reserve_e8(row.instrument.quote) >= 0 for row in desk.engine.listings.values())


def drawn(dice: Random) -> Deed:
    """One deed of a wild day, trades more often than all else."""
    symbol, side, asset = dice.choice((BTC, BTC, ETH, BTCUSDC)), dice.choice((1, -1)), dice.choice(ASSETS)
    kind, sort = dice.choice((ADDED, REDUCED)), dice.choice(("BOTH", "BOTH", "BOTH", "LONG", "SHORT"))
    rows: tuple[tuple[int, Callable[[], Deed]], ...] = (
        (6, lambda: order_of(symbol, side, dice.randint(1, 900), dice.randint(-40, 40), GTC)),
        (5, lambda: order_of(symbol, side, dice.randint(1, 90_000), dice.randint(-300, 300), GTC)),
        (1, lambda: amended(symbol, dice.randint(1, 9_000), dice.randint(-40, 40))),
        (1, lambda: stop(symbol, side, dice.randint(1, 900), dice.randint(-20, 20))),
        (1, lambda: mark(symbol, dice.randint(-45, 60))),
        (1, lambda: index(symbol, dice.randint(-10, 10))),
        (1, lambda: margin_type(symbol, dice.random() < 0.5)),
        (1, lambda: moved_margin(symbol, sort, kind, dice.randint(1, 9_000))),
        (1, lambda: moved_to_the_limit(symbol, sort, kind, dice.randint(0, 1))),
        (1, lambda: transfer(asset, dice.randint(-9_000, 9_000))),
        (1, lambda: withdrawn_to_the_limit(asset, dice.randint(0, 1))),
        (1, lambda: worth(asset, dice.randint(50, 150), dice.randint(0, 20), dice.randint(0, 20))),
        (1, lambda: joint(dice.random() < 0.7)),
        (1, lambda: hedged(dice.random() < 0.3)),
        (1, lambda: lambda desk, trader: desk.engine.cancel_all(trader.id, symbol, desk.now_ms)),
        (1, lambda: funding(symbol, dice.randint(-2_000_000, 2_000_000))),
        (1, lambda: leverage(symbol, dice.choice((20, 50, 100)))),
        (1, lambda: burn),
        (1, lambda: moved(dice.choice(sorted(WAYS)), asset, dice.randint(1, 9_000))),
        (1, lambda: transfer(asset, dice.randint(-900, 9_000), dice.choice((SPOT, FUNDING)))),
        (1, lambda: filled(symbol, dice.choice((1, 3, 1_001)))),
        (1, lambda: bracketed(symbol, dice.choice((1, 30, 100)))),
        (1, lambda: refused(symbol, dice.choice(((), (), (-4400,))))),
        (1, lambda: reset),
        (3, lambda: advanced),
    )
    return dice.choices([make for _, make in rows], [often for often, _ in rows])[0]()


def wild_days(seeds: range, commands: int, journal: Path | None = None) -> Counter[str]:
    """Lives so many commands for each seed, the books looked at after every one; what happened in them, by kind."""
    met: Counter[str] = Counter()
    for seed in seeds:
        dice = Random(seed)
        insurance = dice.choice((0, 500, 1_000_000))
        desk = exchange(insurance)
        book = Journal(journal, desk.engine, start_of(desk, insurance)) if journal else None
        traders = [desk.trader(deposit) for deposit in ("4000000", "30000", "2500.5", "200000")]
        for trader in traders:
            desk.engine.transfer(trader.id, 10_000 * E8, desk.now_ms, "USDC")
        for _ in range(commands):
            desk.now_ms += 1
            deed = drawn(dice)
            try:
                deed(desk, dice.choice(traders))
            except VenueError as refusal:
                assert refusal.code < 0
                met[str(refusal.code)] += 1
            assert conserved(desk.engine), imbalances_e16(desk.engine)
            assert deed is not advanced or fund_is_sound(desk)
        met.update(forced.cause for trader in traders for forced in trader.account.forced)
        met.update(f"{row.kind} {row.asset}" for trader in traders for row in trader.income)
        moves = (move for trader in traders for rows in trader.account.margin_moves.values() for move in rows)
        met.update(f"moved {move.kind}" for move in moves)
        if book is not None:
            book.close()
    return met


def start_of(desk: Desk, insurance: int) -> dict[str, Any]:
    return {
        "start_ms": desk.now_ms,
        "instruments": (BTCUSDT, ETHUSDT, USDC_CONTRACT),
        "insurance_e8": insurance * E8,
    }
