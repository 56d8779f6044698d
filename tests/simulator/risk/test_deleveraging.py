from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.riskdesk import RiskDesk


def test_who_gains_most_with_most_leverage_is_first_in_the_queue() -> None:
    desk = RiskDesk()
    small, large = desk.long("1000", "0.1"), desk.long("100000", "0.1")
    loser = desk.holder(SELL, "100000", "0.1")
    desk.mark("61000")
    ranking = desk.engine.risk_monitor.deleveraging
    assert [row.account for row in ranking.queue(desk.listing, BUY)] == [small.account, large.account]
    shorts = [row.account for row in ranking.queue(desk.listing, SELL)]
    assert set(shorts) == {loser.account, desk.maker.account}


def test_quantiles_run_from_four_at_the_head_to_nought() -> None:
    desk = RiskDesk()
    holders = [desk.long(str(1_000 * (number + 1)), "0.1") for number in range(10)]
    desk.mark("61000")
    ranking, row = desk.engine.risk_monitor.deleveraging, desk.listing.instrument
    found = [ranking.quantile(desk.listing, holder.account.position(row, "BOTH")) for holder in holders]
    assert found == [4, 4, 3, 3, 2, 2, 1, 1, 0, 0]


def test_a_flat_position_is_in_no_queue() -> None:
    desk = RiskDesk()
    trader = desk.trader("1000")
    position = trader.account.position(desk.listing.instrument, "BOTH")
    assert desk.engine.risk_monitor.deleveraging.quantile(desk.listing, position) == 0


def test_losers_who_use_less_leverage_come_later() -> None:
    desk = RiskDesk()
    careful, bold = desk.long("100000", "0.1"), desk.long("1000", "0.1")
    desk.mark("59000")
    queue = desk.engine.risk_monitor.deleveraging.queue(desk.listing, BUY)
    assert [row.account for row in queue] == [bold.account, careful.account]


def test_the_queue_fills_a_bankrupt_order_in_its_turn() -> None:
    desk = RiskDesk(insurance=0)
    first, second = desk.holder(SELL, "1000", "0.06"), desk.holder(SELL, "50000", "0.1")
    loser = desk.long("400", "0.1")
    desk.mark("55000")
    desk.look(2)
    assert loser.held() == "0.000"
    assert (first.held(), second.held()) == ("0.000", "-0.060")
    assert [row.cause for row in first.account.forced] == ["ADL"]
