from decimal import Decimal
from itertools import pairwise

import pytest

from connector.simulator.accounts.events import MarginCalled
from connector.simulator.accounts.margin_pools import MarginPools
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.instruments import scaled
from connector.simulator.market.orders import BUY, LIMIT, LONG, SELL, SHORT, OrderRequest
from connector.simulator.risk.monitor import LOOKS_OF_A_STEP, MOST_LOOKS
from tests.companions.simulator.conservation import conserved
from tests.companions.simulator.riskdesk import BTC, RiskDesk


def test_margin_is_called_for_once_before_it_is_gone() -> None:
    desk = RiskDesk()
    trader = desk.long("400", "0.1")
    desk.mark("56500")
    desk.look()
    assert desk.calls(trader) == []
    desk.mark("56310")
    desk.look(2)
    (call,) = desk.calls(trader)
    (called,) = call.positions
    assert call.cross_e8 == trader.account.wallet_e8
    assert (called.row.symbol, called.row.lots, called.mark_e8) == (BTC, 100, 56_310 * E8)
    assert Decimal(called.maintenance_e8).scaleb(-8) == Decimal("5631") * Decimal("0.004")


def test_margin_is_called_for_again_after_it_sufficed_in_between() -> None:
    desk = RiskDesk()
    trader = desk.long("400", "0.1")
    calls = 0
    for price in ("56310", "58000", "56300"):
        desk.mark(price)
        desk.look()
        calls += len(desk.calls(trader))
    assert calls == 2


def test_a_call_for_an_isolated_position_names_no_cross_wallet() -> None:
    desk = RiskDesk()
    trader = desk.long("10000", "0.1", isolated=True)
    desk.mark("57280")
    desk.look()
    (call,) = desk.calls(trader)
    assert isinstance(call, MarginCalled) and call.cross_e8 is None
    assert call.positions[0].row.is_isolated


def test_nothing_may_be_ordered_while_an_account_is_liquidated() -> None:
    desk = RiskDesk()
    trader = desk.long("400", "0.1")
    desk.falls_to("56250")
    desk.look()
    with pytest.raises(VenueError, match="-2023"):
        trader.limit(BUY, "0.001", "56000")
    desk.look(2)
    assert not trader.account.in_liquidation


def test_a_withdrawal_or_a_payment_is_looked_at_though_no_price_moved() -> None:
    desk = RiskDesk()
    trader = desk.long("400", "0.1")
    desk.mark("56300")
    desk.look()
    desk.listing.mark_price.fix_rate(2_000_000)
    desk.engine.settle_funding(desk.listing, desk.now_ms, desk.now_ms)
    desk.look(2)
    assert trader.held() == "0.000"


def test_only_those_are_looked_at_whom_a_price_or_a_booking_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = RiskDesk()
    holder, bystander = desk.long("100000", "0.1"), desk.trader("100")
    desk.look()
    looked: list[int] = []
    charges = desk.engine.margin_pools.charges
    monkeypatch.setattr(
        MarginPools, "charges", lambda _, account: looked.append(account.account_id) or charges(account)
    )
    desk.look()
    assert looked == []
    desk.mark("59999")
    desk.look()
    assert set(looked) == {holder.id, desk.maker.id} and bystander.id not in looked


def test_a_forced_liquidation_takes_the_positions_of_a_symbol_from_a_healthy_account() -> None:
    desk = RiskDesk()
    trader = desk.long("10000", "0.1")
    resting = trader.limit(BUY, "0.01", "58000")
    desk.falls_to("60000")
    desk.engine.force_liquidation(trader.id, BTC, desk.now_ms)
    assert (trader.held(), resting.status, resting.expiry_reason) == ("0.000", "EXPIRED", 5)
    assert [row.cause for row in trader.account.forced] == ["LIQUIDATION"]
    with pytest.raises(VenueError, match="-2024"):
        desk.engine.force_liquidation(trader.id, BTC, desk.now_ms)
    assert conserved(desk.engine)


def test_a_forced_deleveraging_closes_at_mark_against_the_fund() -> None:
    desk = RiskDesk()
    trader = desk.long("10000", "0.1")
    wallet = trader.wallet
    desk.mark("61000")
    desk.engine.force_adl(trader.id, BTC, desk.now_ms)
    assert (trader.held(), trader.wallet - wallet) == ("0.000", 100)
    assert desk.forced_events(trader) == [("adl_autoclose", "NEW", "NEW"), ("adl_autoclose", "CALCULATED", "FILLED")]
    assert desk.engine.risk_monitor.fund.account.positions[BTC, "BOTH"].lots == 100
    with pytest.raises(VenueError, match="-2024"):
        desk.engine.force_adl(trader.id, BTC, desk.now_ms)
    assert conserved(desk.engine)


def test_both_sides_of_a_hedge_are_deleveraged() -> None:
    desk = RiskDesk()
    trader = desk.trader("10000")
    desk.engine.set_hedge(trader.id, True)
    for side, position_side in ((BUY, LONG), (SELL, SHORT)):
        desk.maker.limit(-side, "0.1", "60000")
        trader.market(side, "0.1", position_side=position_side)
    desk.engine.force_adl(trader.id, BTC, desk.now_ms)
    assert (trader.held(LONG), trader.held(SHORT)) == ("0.000", "0.000")
    assert conserved(desk.engine)


def test_the_fund_pays_what_an_account_without_positions_owes() -> None:
    desk = RiskDesk(insurance=0)
    loser, gainer = desk.long("400", "0.1"), desk.holder(SELL, "400", "0.1")
    desk.mark("50000")
    desk.look(4)
    assert loser.held() == "0.000" and loser.wallet >= 0
    assert gainer.wallet >= 0
    assert conserved(desk.engine)


def test_a_symbols_rating_follows_the_fund() -> None:
    poor, small, rich = RiskDesk(insurance=0), RiskDesk(insurance=50), RiskDesk()
    for desk in (poor, small, rich):
        desk.long("1000", "0.1")
    assert [desk.engine.risk_monitor.adl_rating(desk.listing) for desk in (poor, small, rich)] == [
        "HIGH",
        "MEDIUM",
        "LOW",
    ]


def test_narrower_brackets_are_felt_at_once_by_those_who_hold() -> None:
    desk = RiskDesk()
    trader = desk.long("51000", "40", leverage=50)
    desk.look()
    narrow = scaled(desk.listing.instrument.brackets, Decimal("0.01"))
    desk.engine.change_brackets(BTC, narrow)
    desk.look()
    assert trader.account.in_liquidation


def test_a_falling_asset_is_felt_by_the_positions_that_it_backs() -> None:
    desk = RiskDesk()
    trader = desk.trader("10")
    desk.engine.transfer(trader.id, E8, desk.now_ms, "BTC")
    desk.engine.account_settings.set_multi_assets(trader.account, True, desk.now_ms)
    desk.maker.place(OrderRequest("ETHUSDT", SELL, LIMIT, Decimal(100), Decimal(3_000)))
    trader.place(OrderRequest("ETHUSDT", BUY, LIMIT, Decimal(100), Decimal(3_000)))
    desk.engine.listing("ETHUSDT").mark_price.fix(3_000 * E8)
    desk.look()
    assert not trader.account.in_liquidation
    desk.engine.move_prices({BTC: 1_000 * E8}, desk.now_ms)
    desk.look()
    assert trader.account.in_liquidation


def test_who_was_called_and_closed_is_called_again_for_the_next_position() -> None:
    desk = RiskDesk()
    trader = desk.long("400", "0.1")
    desk.mark("56310")
    desk.look()
    assert len(desk.calls(trader)) == 1
    desk.maker.limit(BUY, "0.1", "56300")
    trader.market(SELL, "0.1")
    desk.look()
    desk.engine.transfer(trader.id, 376 * E8, desk.now_ms)
    desk.maker.limit(SELL, "0.1", "56310")
    trader.market(BUY, "0.1")
    desk.mark("52580")
    desk.look()
    assert len(desk.calls(trader)) == 1


def called(desk: RiskDesk) -> list[int]:
    """Whose margin was called for since the last look, in that order."""
    return [event.account_id for event in desk.engine.drain() if isinstance(event, MarginCalled)]


def test_a_look_takes_so_many_accounts_and_who_waits_comes_first() -> None:
    desk = RiskDesk()
    traders = [desk.long("400", "0.1").id for _ in range(100)]
    told = []
    for number in range(3):
        desk.mark(str(56_310 - number))
        desk.look()
        told.append(called(desk))
    assert [len(each) for each in told] == [MOST_LOOKS - 1, MOST_LOOKS, 21], "the maker was looked at, too"
    assert sorted(told[0] + told[1] + told[2]) == traders


def test_liquidations_of_many_accounts_are_spread_over_several_looks_and_all_end() -> None:
    desk = RiskDesk()
    traders = [desk.long("400", "0.1") for _ in range(60)]
    desk.falls_to("55000", quantity="1000")
    held = []
    for _ in range(40):
        desk.look()
        held.append(sum(bool(trader.account.held()) for trader in traders))
    most = MOST_LOOKS // (1 + LOOKS_OF_A_STEP) + 1
    assert all(before - after <= most for before, after in pairwise(held))
    assert held[-1] == 0
    assert conserved(desk.engine)
