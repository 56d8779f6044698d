"""Whatever traders, markets and the exchange itself do: money is neither made nor lost."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.simulator.accounts.records import ADDED, REDUCED
from connector.simulator.accounts.wallets import FUNDING, SPOT, WAYS
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import FOK, GTC, IOC
from connector.simulator.persistence.journal import replay_journal
from tests.companions.simulator.conservation import conserved, imbalances_e16
from tests.companions.simulator.traders import BTC
from tests.companions.simulator.wild_days import (
    ASSETS,
    BTCUSDC,
    ETH,
    Deed,
    advanced,
    amended,
    bracketed,
    burn,
    exchange,
    filled,
    fund_is_sound,
    funding,
    hedged,
    index,
    joint,
    leverage,
    margin_type,
    mark,
    moved,
    moved_margin,
    moved_to_the_limit,
    order_of,
    refused,
    reset,
    stop,
    transfer,
    wild_days,
    withdrawn_to_the_limit,
    worth,
)

sides, symbols = st.sampled_from([1, -1]), st.sampled_from([BTC, BTC, ETH, BTCUSDC])
assets = st.sampled_from(ASSETS)

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
    st.builds(transfer, assets, st.integers(-9_000, 9_000)),
    st.builds(moved, st.sampled_from(sorted(WAYS)), assets, st.integers(-9, 9_000)),
    st.builds(transfer, assets, st.integers(-900, 9_000), st.sampled_from([SPOT, FUNDING])),
    st.builds(filled, symbols, st.sampled_from([1, 3, 1_001])),
    st.builds(bracketed, symbols, st.sampled_from([1, 30, 100])),
    st.builds(refused, symbols, st.sampled_from([(), (-4400,)])),
    st.sampled_from([reset]),
    st.builds(leverage, symbols, st.sampled_from([1, 20, 50, 100, 125])),
    st.builds(funding, symbols, st.integers(-2_000_000, 2_000_000)),
    st.sampled_from([burn]),
    st.builds(joint, st.booleans()),
    st.builds(worth, assets, st.integers(50, 150), st.integers(0, 20), st.integers(0, 20)),
    st.builds(
        moved_to_the_limit,
        symbols,
        st.sampled_from(["BOTH", "LONG", "SHORT"]),
        st.sampled_from([ADDED, REDUCED]),
        st.integers(0, 1),
    ),
    st.builds(withdrawn_to_the_limit, assets, st.integers(0, 1)),
    st.builds(hedged, st.booleans()),
    st.builds(lambda s: lambda desk, trader: desk.engine.cancel_all(trader.id, s, desk.now_ms), symbols),
    st.builds(lambda s: lambda desk, trader: desk.engine.force_liquidation(trader.id, s, desk.now_ms), symbols),
    st.builds(lambda s: lambda desk, trader: desk.engine.force_adl(trader.id, s, desk.now_ms), symbols),
    st.sampled_from([advanced] * 2),
)


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
    desk.engine.advance(desk.now_ms + 1)
    assert conserved(desk.engine) and fund_is_sound(desk)
    for trader in traders:
        account = trader.account
        for asset, wallet_e8 in account.wallets.items():
            assert wallet_e8 == sum(row.amount_e8 for row in trader.income if row.asset == asset)
        assert all(position.lots or not position.isolated_e8 for position in account.positions.values())


@pytest.mark.parametrize("quarter", range(4))
def test_a_hundred_thousand_commands_of_wild_days_leave_the_books_right(quarter: int) -> None:
    met = wild_days(range(quarter * 25, quarter * 25 + 25), 1_000)
    assert {
        "LIQUIDATION", "ADL", "FUNDING_FEE USDC", "COMMISSION BNB", "REALIZED_PNL USDC", "INSURANCE_CLEAR USDT",
        "INSURANCE_CLEAR USDC", "AUTO_EXCHANGE USDT", "moved 1", "moved 2", "-4050", "-4051", "-2018", "-2019",
    } <= set(met)  # fmt: skip


def test_wild_days_done_again_from_their_journals_come_to_the_same_hash(tmp_path: Path) -> None:
    met: Counter[str] = Counter()
    for seed in range(8):
        path = tmp_path / f"{seed}.jsonl"
        met.update(wild_days(range(seed, seed + 1), 1_500, path))
        again = replay_journal(path)
        assert again.agrees and again.recorded == again.state_hash and again.commands > 1_500
    assert {"LIQUIDATION", "ADL", "AUTO_EXCHANGE USDT", "moved 1", "moved 2"} <= set(met)


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
