from decimal import Decimal

import pytest

from connector.simulator.accounts.events import AccountChanged, AssetModeChanged
from connector.simulator.accounts.records import ADDED, REDUCED
from connector.simulator.accounts.wallets import SPOT
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import BUY, LONG, SELL, SHORT
from tests.companions.simulator.conservation import conserved
from tests.companions.simulator.riskdesk import BTC, RiskDesk, e8
from tests.companions.simulator.traders import Trader


def posted(trader: Trader, side: str = "BOTH") -> Decimal:
    return Decimal(trader.account.position(trader.desk.listing.instrument, side).isolated_e8).scaleb(-8)


def move(desk: RiskDesk, trader: Trader, kind: int, amount: str, side: str = "BOTH") -> None:
    desk.engine.account_settings.move_margin(trader.account, desk.listing, side, kind, e8(amount), desk.now_ms)


def multi(desk: RiskDesk, trader: Trader, on: bool) -> None:
    desk.engine.account_settings.set_multi_assets(trader.account, on, desk.now_ms)


def test_the_margin_type_changes_only_where_nothing_is_held_or_ordered() -> None:
    desk = RiskDesk()
    trader = desk.trader("1000")
    with pytest.raises(VenueError, match="-4046"):
        desk.engine.account_settings.set_isolated(trader.account, desk.listing, False, desk.now_ms)
    order = trader.limit(BUY, "0.01", "60000")
    with pytest.raises(VenueError, match="-4047"):
        desk.isolate(trader)
    desk.maker.market(SELL, "0.01")
    assert order.status == "FILLED"
    with pytest.raises(VenueError, match="-4048"):
        desk.isolate(trader)
    desk.isolate(trader, "ETHUSDT")
    assert trader.account.isolated == {"ETHUSDT"}


def test_a_changed_margin_type_is_told_with_the_symbols_positions_and_no_balance() -> None:
    desk = RiskDesk()
    trader = desk.trader("1000")
    desk.engine.drain()
    desk.isolate(trader)
    (event,) = desk.events(trader)
    assert isinstance(event, AccountChanged)
    assert (event.reason, event.balances) == ("MARGIN_TYPE_CHANGE", ())
    assert [(row.symbol, row.is_isolated) for row in event.positions] == [(BTC, True)]


def test_margin_is_given_to_an_isolated_position_and_taken_back() -> None:
    desk = RiskDesk()
    trader = desk.long("1000", "0.1", isolated=True)
    assert posted(trader) == 297
    move(desk, trader, ADDED, "103")
    assert posted(trader) == 400
    (event,) = desk.events(trader)
    assert isinstance(event, AccountChanged)
    (row,) = event.balances
    assert (event.reason, row.change_e8, row.wallet_e8 - row.cross_e8) == ("MARGIN_TRANSFER", 0, 400 * E8)
    move(desk, trader, REDUCED, "100")
    assert posted(trader) == 300 and conserved(desk.engine)
    assert [(row.kind, row.amount_e8) for row in trader.account.margin_moves[BTC]] == [
        (ADDED, 103 * E8),
        (REDUCED, 100 * E8),
    ]


@pytest.mark.parametrize(
    ("kind", "amount", "side", "code"),
    [
        (ADDED, "0", "BOTH", -4055),
        (ADDED, "-1", "BOTH", -4055),
        (ADDED, "700.00000001", "BOTH", -4050),
        (REDUCED, "0.00000001", "BOTH", -4051),
        (ADDED, "1", LONG, -4061),
    ],
)
def test_ill_moves_of_margin_are_refused(kind: int, amount: str, side: str, code: int) -> None:
    desk = RiskDesk()
    trader = desk.long("1000", "0.1", isolated=True)
    with pytest.raises(VenueError, match=str(code)):
        move(desk, trader, kind, amount, side)
    assert posted(trader) == 297


def test_margin_is_moved_for_isolated_positions_alone() -> None:
    desk = RiskDesk()
    crossed, flat = desk.long("1000", "0.1"), desk.trader("1000")
    with pytest.raises(VenueError, match="-4049"):
        move(desk, crossed, ADDED, "1")
    desk.isolate(flat)
    with pytest.raises(VenueError, match="-4054"):
        move(desk, flat, ADDED, "1")


def test_the_leverage_of_an_isolated_position_can_rise_but_not_fall() -> None:
    desk = RiskDesk()
    trader = desk.long("1000", "0.1", isolated=True)
    with pytest.raises(VenueError, match="-4161"):
        desk.engine.set_leverage(trader.id, BTC, 19, desk.now_ms)
    desk.engine.set_leverage(trader.id, BTC, 50, desk.now_ms)
    assert (trader.account.leverage(BTC), posted(trader)) == (50, 297)


def test_opening_posts_margin_and_closing_gives_its_share_back() -> None:
    desk = RiskDesk()
    trader = desk.long("1000", "0.1", isolated=True)
    desk.maker.limit(BUY, "0.04", "60000")
    trader.market(SELL, "0.04")
    assert posted(trader) == Decimal("178.2")
    desk.maker.limit(BUY, "0.12", "60000")
    trader.market(SELL, "0.12")
    assert (trader.held(), posted(trader)) == ("-0.060", Decimal("178.2"))


def test_hedged_sides_have_each_their_own_margin() -> None:
    desk = RiskDesk()
    trader = desk.trader("1000")
    desk.engine.set_hedge(trader.id, True)
    desk.isolate(trader)
    for side, position_side, quantity in ((BUY, LONG, "0.1"), (SELL, SHORT, "0.02")):
        desk.maker.limit(-side, quantity, "60000")
        trader.market(side, quantity, position_side=position_side)
    assert (posted(trader, LONG), posted(trader, SHORT)) == (297, Decimal("59.4"))


def test_orders_of_an_isolated_symbol_draw_on_the_cross_wallet() -> None:
    desk = RiskDesk()
    trader = desk.long("400", "0.1", isolated=True)
    assert desk.engine.margin_pools.free_e8(trader.account, "USDT") == e8("100")
    trader.limit(BUY, "0.03", "60000")
    with pytest.raises(VenueError, match="-2019"):
        trader.limit(BUY, "0.01", "60000")


def test_multi_assets_mode_is_told_and_shown() -> None:
    desk = RiskDesk()
    trader = desk.trader("1000")
    desk.engine.drain()
    multi(desk, trader, True)
    assert desk.events(trader) == [AssetModeChanged(trader.id, desk.now_ms, True)]
    with pytest.raises(VenueError, match="-4171"):
        multi(desk, trader, True)
    with pytest.raises(VenueError, match="-4168"):
        desk.isolate(trader)


def test_the_asset_mode_waits_for_isolated_symbols_and_open_orders() -> None:
    desk = RiskDesk()
    trader = desk.trader("1000")
    desk.isolate(trader)
    with pytest.raises(VenueError, match="-4167"):
        multi(desk, trader, True)
    desk.engine.account_settings.set_isolated(trader.account, desk.listing, False, desk.now_ms)
    trader.limit(BUY, "0.01", "59000")
    with pytest.raises(VenueError, match="-4170"):
        multi(desk, trader, True)


def test_single_asset_mode_waits_for_debts_and_for_margin() -> None:
    desk = RiskDesk()
    trader = desk.trader("10")
    desk.engine.transfer(trader.id, E8, desk.now_ms, "BTC")
    multi(desk, trader, True)
    desk.maker.limit(SELL, "0.01", "60000")
    trader.market(BUY, "0.01")
    with pytest.raises(VenueError, match="-4169"):
        multi(desk, trader, False)
    desk.maker.limit(BUY, "0.01", "58000")
    trader.market(SELL, "0.01")
    assert trader.wallet < 0
    with pytest.raises(VenueError, match="-4172"):
        multi(desk, trader, False)
    desk.engine.transfer(trader.id, 100 * E8, desk.now_ms)
    multi(desk, trader, False)
    assert not trader.account.multi_assets and conserved(desk.engine)


def test_any_asset_can_be_paid_in_and_out() -> None:
    desk = RiskDesk()
    trader = desk.trader("10")
    desk.engine.transfer(trader.id, 3 * E8, desk.now_ms, "BNB")
    with pytest.raises(VenueError, match="-2018"):
        desk.engine.transfer(trader.id, -3 * E8 - 1, desk.now_ms, "BNB")
    desk.engine.transfer(trader.id, -3 * E8, desk.now_ms, "BNB")
    assert trader.account.wallets["BNB"] == 0 and conserved(desk.engine)


def test_money_moves_between_the_wallets_of_an_account_and_none_is_made() -> None:
    desk = RiskDesk()
    trader = desk.trader("100")
    desk.engine.transfer(trader.id, e8("7"), desk.now_ms, "USDT", SPOT)
    desk.engine.drain()
    into = desk.engine.move_money(trader.id, "MAIN_UMFUTURE", "USDT", e8("2.5"), desk.now_ms)
    aside = desk.engine.move_money(trader.id, "MAIN_FUNDING", "USDT", e8("4.5"), desk.now_ms)
    account = trader.account
    assert (account.wallet_e8, account.spot["USDT"], account.funding["USDT"]) == (e8("102.5"), 0, e8("4.5"))
    assert [(row.income_id, row.amount_e8) for row in trader.income][1:] == [(into.move_id, e8("2.5"))]
    (change,) = [event for event in desk.events(trader) if isinstance(event, AccountChanged)]
    assert (change.reason, change.balances[0].change_e8) == ("DEPOSIT", e8("2.5"))
    assert aside.move_id > into.move_id
    assert conserved(desk.engine)


@pytest.mark.parametrize("way", ["MAIN_UMFUTURE", "FUNDING_MAIN", "UMFUTURE_FUNDING"])
def test_what_is_not_there_does_not_move(way: str) -> None:
    desk = RiskDesk()
    trader = desk.trader("0")
    for amount, code in ((e8("0.00000001"), "-5013"), (0, "-5007"), (-1, "-5007")):
        with pytest.raises(VenueError, match=code):
            desk.engine.move_money(trader.id, way, "USDT", amount, desk.now_ms)
    assert not trader.account.wallet_moves and not desk.events(trader)
