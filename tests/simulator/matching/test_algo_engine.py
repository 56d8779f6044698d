import pytest

from connector.simulator.accounts.algo_orders import AlgoOrder
from connector.simulator.accounts.events import AlgoChanged
from connector.simulator.errors import VenueError
from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.algos import move_mark, print_at, story, wait
from tests.companions.simulator.traders import BTC, START_MS, Desk, Trader


def long_of(desk: Desk, quantity: str) -> Trader:
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, quantity, "60000")
    trader.market(BUY, quantity)
    desk.events(trader)
    return trader


def test_a_stop_that_fires_becomes_an_order_and_ends_with_it() -> None:
    desk = Desk()
    trader = long_of(desk, "0.02")
    desk.trader().limit(BUY, "1", "59800")
    algo = wait(trader, SELL, "STOP_MARKET", "0.01", "59900", client_algo_id="mine")
    print_at(desk, "59950")
    assert story(desk, trader) == ["algo NEW"]
    print_at(desk, "59900")
    assert story(desk, trader) == [
        "algo TRIGGERING",
        "algo TRIGGERED",
        "order NEW NEW",
        "order TRADE FILLED",
        "algo FINISHED",
    ]
    assert algo.child is not None and algo.child.client_order_id == "mine"
    assert (trader.held(), algo.status, desk.engine.algos.book(trader.account).open_count) == ("0.010", "FINISHED", 0)


def test_a_stop_limit_child_is_a_normal_order_that_its_owner_cancels() -> None:
    desk = Desk()
    trader = desk.trader()
    print_at(desk, "60000")
    algo = wait(trader, BUY, "STOP", "0.01", "60100", price="59900")
    print_at(desk, "60100")
    assert algo.status == "TRIGGERED" and algo.child is not None and algo.child.rests
    with pytest.raises(VenueError, match="-2011"):
        desk.engine.algos.cancel(trader.account, algo.algo_id, None, desk.now_ms)
    desk.events(trader)
    trader.cancel(algo.child)
    assert story(desk, trader) == ["order CANCELED CANCELED", "algo FINISHED"]


def test_what_works_by_the_mark_price_ignores_trades() -> None:
    desk = Desk()
    trader = long_of(desk, "0.01")
    move_mark(desk, "60000")
    algo = wait(trader, SELL, "STOP_MARKET", "0.01", "59900", working_type="MARK_PRICE")
    print_at(desk, "59800")
    assert algo.status == "NEW"
    desk.trader().limit(BUY, "0.01", "59700")
    move_mark(desk, "59900")
    assert algo.status == "FINISHED" and trader.held() == "0.000"


def test_a_profit_is_taken_where_it_was_wanted() -> None:
    desk = Desk()
    trader = long_of(desk, "0.01")
    algo = wait(trader, SELL, "TAKE_PROFIT_MARKET", "0.01", "60500", reduce_only=True)
    desk.trader().limit(BUY, "0.01", "60400")
    desk.mark("60000")
    print_at(desk, "60500")
    assert algo.status == "FINISHED" and trader.held() == "0.000"


def test_a_whole_position_is_closed_as_it_is_when_the_order_fires() -> None:
    desk = Desk()
    trader, other = long_of(desk, "0.01"), desk.trader()
    algo = wait(trader, SELL, "STOP_MARKET", None, "59900", close_position=True)
    other.limit(SELL, "0.03", "60000")
    trader.market(BUY, "0.03")
    other.limit(BUY, "1", "59850")
    print_at(desk, "59900")
    assert algo.child is not None
    assert (algo.child.lots, algo.child.reduce_only, trader.held()) == (40, True, "0.000")


@pytest.mark.parametrize("terms", [{"close_position": True}, {"reduce_only": True}])
def test_an_exit_without_a_position_is_rejected_with_its_reason(terms: dict[str, object]) -> None:
    desk = Desk()
    trader = desk.trader()
    print_at(desk, "60000")
    quantity = None if "close_position" in terms else "0.01"
    algo = wait(trader, SELL, "STOP_MARKET", quantity, "59900", **terms)
    print_at(desk, "59900")
    assert (algo.status, algo.reason, algo.child) == ("REJECTED", "ReduceOnly Order is rejected.", None)
    assert story(desk, trader) == ["algo NEW", "algo TRIGGERING", "algo REJECTED"]


def test_margin_is_looked_at_when_the_order_fires_and_not_before() -> None:
    desk = Desk()
    trader = desk.trader("100")
    print_at(desk, "60000")
    algo = wait(trader, BUY, "STOP_MARKET", "1", "60100")
    assert trader.account.open_of(BTC, "BOTH").count == 0
    print_at(desk, "60100")
    assert (algo.status, algo.reason) == ("REJECTED", "Margin is insufficient.")


def test_an_order_with_price_protection_waits_until_mark_and_last_agree() -> None:
    desk = Desk()
    trader = long_of(desk, "0.01")
    algo = wait(trader, SELL, "STOP_MARKET", "0.01", "59000", price_protect=True, working_type="MARK_PRICE")
    desk.trader().limit(BUY, "0.01", "58900")
    move_mark(desk, "57000")
    assert algo.status == "NEW"
    move_mark(desk, "58500")
    assert algo.status == "FINISHED"


def test_a_trailing_stop_is_told_new_again_when_it_is_armed_and_follows_from_then() -> None:
    desk = Desk()
    trader = long_of(desk, "0.01")
    algo = wait(trader, SELL, "TRAILING_STOP_MARKET", "0.01", activate_price="60200", callback_rate="0.5")
    desk.trader().limit(BUY, "0.01", "58000")
    print_at(desk, "60100")
    print_at(desk, "60200")
    armed = [change.armed for change in desk.events(trader) if isinstance(change, AlgoChanged)]
    assert armed == [False, True] and algo.status == "NEW"
    for price, status in (("61000", "NEW"), ("60700", "NEW"), ("60695", "FINISHED")):
        print_at(desk, price)
        assert algo.status == status
    assert algo.child is not None and algo.child.condition == algo.condition


def test_an_exit_tied_to_its_position_expires_with_it() -> None:
    desk = Desk()
    trader = long_of(desk, "0.01")
    algo = wait(trader, SELL, "STOP_MARKET", None, "59000", close_position=True, time_in_force="GTE_GTC")
    desk.trader().limit(BUY, "0.01", "60000")
    trader.market(SELL, "0.01")
    assert algo.status == "EXPIRED"
    with pytest.raises(VenueError, match="-4509"):
        wait(trader, SELL, "STOP_MARKET", None, "59000", close_position=True, time_in_force="GTE_GTC")


def test_a_child_tied_to_its_position_expires_with_it_too() -> None:
    desk = Desk()
    trader, other = long_of(desk, "0.01"), desk.trader()
    algo = wait(trader, SELL, "TAKE_PROFIT", "0.01", "60100", price="60500", time_in_force="GTE_GTC")
    print_at(desk, "60100")
    assert algo.child is not None and algo.child.rests
    other.limit(BUY, "0.01", "60000")
    trader.market(SELL, "0.01")
    assert (algo.child.status, algo.child.expiry_reason, algo.status) == ("EXPIRED", 6, "FINISHED")


def test_of_two_exits_tied_to_a_position_the_first_that_closes_it_ends_the_other() -> None:
    desk = Desk()
    trader = long_of(desk, "0.01")
    tied = {"close_position": True, "time_in_force": "GTE_GTC"}
    stop = wait(trader, SELL, "STOP_MARKET", None, "59900", **tied)
    profit = wait(trader, SELL, "TAKE_PROFIT_MARKET", None, "60500", **tied)
    desk.trader().limit(BUY, "0.01", "59850")
    print_at(desk, "59900")
    assert (stop.status, profit.status, trader.held()) == ("FINISHED", "EXPIRED", "0.000")
    assert story(desk, trader)[-2:] == ["algo FINISHED", "algo EXPIRED"]


def test_a_dated_order_expires_at_its_date() -> None:
    desk = Desk()
    algo = wait(
        desk.trader(), BUY, "STOP", "0.01", "60100", price="60100", time_in_force="GTD", good_till_ms=START_MS + 700_000
    )
    desk.engine.advance(START_MS + 699_999)
    assert algo.status == "NEW"
    desk.engine.advance(START_MS + 700_000)
    assert algo.status == "EXPIRED"


def test_a_dated_order_that_fires_shortly_before_its_date_leaves_a_child_until_then() -> None:
    desk = Desk()
    dated = {"time_in_force": "GTD", "good_till_ms": START_MS + 700_000}
    algo = wait(desk.trader(), BUY, "STOP", "0.01", "60100", price="59900", **dated)
    desk.now_ms = START_MS + 600_000
    print_at(desk, "60100")
    assert algo.child is not None and (algo.status, algo.child.rests) == ("TRIGGERED", True)
    desk.engine.advance(START_MS + 700_000)
    assert (algo.child.status, algo.status) == ("EXPIRED", "FINISHED")


def test_a_child_may_fire_the_next_order() -> None:
    desk = Desk()
    trader, other = long_of(desk, "0.02"), desk.trader()
    other.limit(BUY, "0.01", "59800")
    other.limit(BUY, "0.01", "59700")
    algos = [wait(trader, SELL, "STOP_MARKET", "0.01", trigger) for trigger in ("59900", "59800")]
    print_at(desk, "59900")
    assert [algo.status for algo in algos] == ["FINISHED", "FINISHED"] and trader.held() == "0.000"


def cancelled(desk: Desk, trader: Trader, algo: AlgoOrder) -> AlgoOrder:
    return desk.engine.algos.cancel(trader.account, None, algo.client_algo_id, desk.now_ms)


def test_a_waiting_order_is_cancelled_once_and_by_its_owner() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    algo = wait(trader, BUY, "STOP_MARKET", "0.01", "60100", client_algo_id="mine")
    with pytest.raises(VenueError, match="-2011"):
        cancelled(desk, other, algo)
    assert cancelled(desk, trader, algo).status == "CANCELED"
    with pytest.raises(VenueError, match="-2011"):
        cancelled(desk, trader, algo)
    print_at(desk, "60100")
    assert algo.child is None


def test_cancelling_all_orders_leaves_conditional_ones_and_the_other_way_round() -> None:
    desk = Desk()
    trader = desk.trader()
    order = trader.limit(BUY, "0.01", "59000")
    algo = wait(trader, BUY, "STOP_MARKET", "0.01", "60100")
    desk.engine.algos.cancel_all(trader.account, BTC, desk.now_ms)
    assert (algo.status, order.is_open) == ("CANCELED", True)
    algo = wait(trader, BUY, "STOP_MARKET", "0.01", "60100")
    desk.engine.cancel_all(trader.id, BTC, desk.now_ms)
    assert (algo.status, order.is_open) == ("NEW", False)


def test_an_order_that_is_slow_to_trigger_cannot_be_cancelled_meanwhile() -> None:
    desk = Desk()
    trader = long_of(desk, "0.01")
    desk.trader().limit(BUY, "1", "59800")
    desk.engine.algos.triggering_ms = 500
    algo = wait(trader, SELL, "STOP_MARKET", "0.01", "59900")
    print_at(desk, "59900")
    assert algo.status == "TRIGGERING"
    with pytest.raises(VenueError, match="-4117"):
        cancelled(desk, trader, algo)
    desk.engine.advance(START_MS + 499)
    assert algo.status == "TRIGGERING"
    desk.engine.advance(START_MS + 500)
    assert algo.status == "FINISHED"


def test_two_hundred_wait_at_most_over_all_symbols() -> None:
    desk = Desk()
    trader = desk.trader()
    algos = [wait(trader, BUY, "STOP_MARKET", "0.01", "60100") for _ in range(200)]
    with pytest.raises(VenueError, match="-4045"):
        wait(trader, BUY, "STOP_MARKET", "0.01", "60100")
    cancelled(desk, trader, algos[0])
    assert wait(trader, BUY, "STOP_MARKET", "0.01", "60100").is_open


def test_a_client_id_is_taken_while_its_order_waits() -> None:
    desk = Desk()
    trader = desk.trader()
    wait(trader, BUY, "STOP_MARKET", "0.01", "60100", client_algo_id="mine")
    with pytest.raises(VenueError, match="-4116"):
        wait(trader, BUY, "STOP_MARKET", "0.01", "60100", client_algo_id="mine")


def test_what_is_only_checked_leaves_nothing_behind() -> None:
    desk = Desk()
    trader = desk.trader()
    waiting = wait(trader, BUY, "STOP_MARKET", "0.01", "60100")
    assert desk.engine.algos.check(trader.account, waiting.request, desk.now_ms).algo_id != waiting.algo_id
    assert desk.engine.algos.book(trader.account).open_of(None) == [waiting]
