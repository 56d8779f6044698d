from decimal import Decimal

import pytest

from connector.simulator.accounts.isolated_margin import addable_e8, removable_e8
from connector.simulator.accounts.margin import Charge, Pool
from connector.simulator.market.orders import BUY, LONG, SELL, SHORT
from tests.companions.simulator.conservation import conserved
from tests.companions.simulator.riskdesk import BTC, RiskDesk, e8
from tests.companions.simulator.traders import Trader


def posted(trader: Trader, side: str = "BOTH") -> Decimal:
    return Decimal(trader.account.position(trader.desk.listing.instrument, side).isolated_e8).scaleb(-8)


def isolated(desk: RiskDesk, deposit: str = "10000", leverage: int = 20) -> Trader:
    trader = desk.trader(deposit)
    desk.isolate(trader)
    desk.engine.set_leverage(trader.id, BTC, leverage, desk.now_ms)
    desk.mark("60000")
    return trader


def take(desk: RiskDesk, trader: Trader, side: int, quantity: str, price: str, position_side: str = "BOTH") -> None:
    desk.maker.limit(-side, quantity, price)
    trader.limit(side, quantity, price, position_side=position_side)


@pytest.mark.parametrize(("side", "price"), [(BUY, "60400"), (SELL, "59600")])
def test_a_position_opened_away_from_the_mark_has_its_loss_posted_and_lives(side: int, price: str) -> None:
    """1 BTC at 125 x: a 125th of its price, 400 of opening loss, less the fee of 0.05 %."""
    desk = RiskDesk()
    trader = isolated(desk, leverage=125)
    take(desk, trader, side, "1", price)
    assert posted(trader) == Decimal(price) / 125 + 400 - Decimal(price) * Decimal("0.0005")
    desk.look(3)
    assert trader.held() == ("1.000" if side == BUY else "-1.000") and not trader.account.in_liquidation


@pytest.mark.parametrize(("side", "price"), [(BUY, "59600"), (SELL, "60400")])
def test_a_position_opened_on_the_good_side_of_the_mark_has_no_loss_to_post(side: int, price: str) -> None:
    desk = RiskDesk()
    trader = isolated(desk)
    take(desk, trader, side, "1", price)
    assert posted(trader) == Decimal(price) / 20 - Decimal(price) * Decimal("0.0005")


def test_every_part_of_an_order_posts_its_own_loss() -> None:
    """0.4 at 60,100 and 0.6 at 60,200 with the mark at 60,000."""
    desk = RiskDesk()
    trader = isolated(desk)
    desk.maker.limit(SELL, "0.4", "60100")
    desk.maker.limit(SELL, "0.6", "60200")
    trader.limit(BUY, "1", "60200")
    entry = Decimal("60160")
    assert posted(trader) == entry / 20 + 160 - entry * Decimal("0.0005")


def test_what_is_added_to_a_position_is_posted_beside_what_stands_there() -> None:
    desk = RiskDesk()
    trader = isolated(desk)
    take(desk, trader, BUY, "0.1", "60000")
    take(desk, trader, BUY, "0.1", "60500")
    assert posted(trader) == (300 - 3) + (Decimal("302.5") + 50 - Decimal("3.025"))


def test_a_maker_pays_his_own_fee_out_of_what_he_posts() -> None:
    desk = RiskDesk()
    trader = isolated(desk)
    trader.limit(BUY, "0.1", "60000")
    desk.maker.market(SELL, "0.1")
    assert posted(trader) == 300 - Decimal("1.2")


def test_a_fee_that_is_paid_in_another_asset_is_not_the_positions() -> None:
    desk = RiskDesk()
    trader = isolated(desk)
    desk.engine.transfer(trader.id, e8("10"), desk.now_ms, "BNB")
    trader.account.burns_bnb = True
    take(desk, trader, BUY, "0.1", "60000")
    assert posted(trader) == 300


def test_closing_a_part_gives_its_share_back_with_its_result_less_its_fee() -> None:
    desk = RiskDesk()
    trader = isolated(desk)
    take(desk, trader, BUY, "0.1", "60000")
    cross = desk.engine.margin_pools.free_e8(trader.account, "USDT")
    desk.mark("61000")
    take(desk, trader, SELL, "0.04", "61000")
    assert posted(trader) == Decimal("297") * 6 / 10
    gained = Decimal("297") * 4 / 10 + 40 - Decimal("1.22")
    assert trader.account.cross_wallet_e8("USDT") - cross == e8(str(gained))


def test_a_part_that_loses_more_than_its_share_takes_it_from_the_rest_and_not_from_the_cross_wallet() -> None:
    """0.05 of 0.1 closed 3,400 below entry: 170 and a fee of 1.415 are lost, where the share is 148.50."""
    desk = RiskDesk()
    trader = isolated(desk)
    take(desk, trader, BUY, "0.1", "60000")
    cross_e8 = trader.account.cross_wallet_e8("USDT")
    desk.mark("57300")
    take(desk, trader, SELL, "0.05", "56600")
    assert trader.account.cross_wallet_e8("USDT") == cross_e8
    assert posted(trader) == Decimal("148.5") - (170 + Decimal("1.415") - Decimal("148.5"))
    assert conserved(desk.engine)


def test_a_position_that_turns_round_gives_all_back_and_posts_anew() -> None:
    desk = RiskDesk()
    trader = isolated(desk)
    take(desk, trader, BUY, "0.1", "60000")
    take(desk, trader, SELL, "0.15", "59900")
    opened = Decimal("0.05") * 59_900
    assert trader.held() == "-0.050"
    assert posted(trader) == opened / 20 + 5 - opened * Decimal("0.0005")
    assert conserved(desk.engine)


def test_hedged_sides_post_each_their_own_loss() -> None:
    desk = RiskDesk()
    trader = isolated(desk)
    desk.engine.set_hedge(trader.id, True)
    take(desk, trader, BUY, "0.1", "60100", LONG)
    take(desk, trader, SELL, "0.1", "60100", SHORT)
    assert posted(trader, LONG) == Decimal("300.5") + 10 - Decimal("3.005")
    assert posted(trader, SHORT) == Decimal("300.5") - Decimal("3.005")


def test_opening_posts_no_more_than_the_cross_wallet_holds() -> None:
    """A buy that was paid for by its margin alone fills when the mark is 900 below: 310 USDT are there, not 390."""
    desk = RiskDesk()
    trader = isolated(desk, "310")
    trader.limit(BUY, "0.1", "60000")
    desk.mark("59100")
    desk.maker.market(SELL, "0.1")
    assert posted(trader) == 310 - Decimal("1.2")
    assert trader.account.cross_wallet_e8("USDT") == 0


def row(posted_e8: str, result: str, maintenance: str, margin: str) -> Charge:
    figures = {"maintenance_e8": e8(maintenance), "unrealised_e8": e8(result), "position_e8": e8(margin)}
    return Charge(asset="USDT", orders_e8=0, exposure_e8=0, isolated_e8=e8(posted_e8), **figures)


@pytest.mark.parametrize(
    ("posted_e8", "result", "most"),
    [("800", "100", "595"), ("800", "-100", "395"), ("300", "400", "275.6"), ("300", "0", "0"), ("200", "-100", "0")],
)
def test_what_may_be_removed_is_bound_by_initial_margin_and_by_maintenance(
    posted_e8: str, result: str, most: str
) -> None:
    """Initial margin 305, maintenance 24.4: results count for the first, never for the second."""
    assert removable_e8(row(posted_e8, result, "24.4", "305")) == e8(most)


@pytest.mark.parametrize(
    ("wallet", "result", "most"),
    [("1000", "0", "550"), ("1000", "-100", "450"), ("1000", "500", "820"), ("100", "900", "0")],
)
def test_what_may_be_added_is_bound_by_what_is_free_and_by_the_wallet(wallet: str, result: str, most: str) -> None:
    """450 drawn, 100 of it by orders of isolated symbols; cross maintenance 80."""
    cross = Pool(e8(wallet), e8(result), drawn_e8=e8("450"), maintenance_e8=e8("80"), isolated_orders_e8=e8("100"))
    assert addable_e8(cross) == e8(most)
