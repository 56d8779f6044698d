"""Orders in bad weather: what the exchange did not answer is found out, nothing is doubled, nothing is lost."""

import asyncio
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.amounts import plain
from connector.core.enums import OrderState, OrderType, OrderWay, PositionAction, PositionMode, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import MarketOrderFailureEvent
from connector.core.faults import ArgumentFault
from connector.core.intents import OrderIntent
from connector.core.order_candidate import PerpetualOrderCandidate
from connector.core.order_ends import Rejection, RejectionKind
from connector.core.order_options import OrderOptions
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.access.signatures import KeyKind
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready, until
from tests.companions.orders.counted_requests import counted_requests
from tests.companions.orders.keys import new_key

D = Decimal
PRICE = D(59_500)


def buy(connector: PerpetualDerivative) -> str:
    return connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, PRICE)


async def open_ids(connector: PerpetualDerivative) -> list[str]:
    return [row.client_order_id for row in await connector.components.api.open_orders(SYMBOL)]


@pytest.mark.parametrize("fault", ["unknown_but_placed", "reset_after_execution", "timeout_1007"])
async def test_an_order_whose_answer_is_lost_is_found_and_lives_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    venue.faults.arm(fault)
    name = buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    await until(lambda: connector.in_flight_orders[name].state is OrderState.OPEN, "open")
    assert await open_ids(connector) == [name]
    assert MarketEvent.OrderFailure not in [event.tag for event in log.events]


@pytest.mark.parametrize("fault", ["unknown_but_placed", "reset_after_execution"])
async def test_without_answer_and_without_event_the_look_up_finds_it(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    venue.faults.arm("lost_user_event")
    venue.faults.arm(fault)
    name = buy(connector)
    await log.waits_for(MarketEvent.OrderOutcomeUnknown)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    assert log.tags() == ["OrderOutcomeUnknown", "BuyOrderCreated"]
    assert await open_ids(connector) == [name]


@pytest.mark.parametrize("fault", ["unknown_not_placed", "reset_before_execution", "overloaded_1008"])
async def test_an_order_that_never_arrived_fails_only_when_it_no_longer_can(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    venue.faults.arm(fault)
    before = connector.get_available_balance("USDT")
    name = buy(connector)
    await log.waits_for(MarketEvent.OrderOutcomeUnknown)
    assert connector.in_flight_orders[name].state is OrderState.PENDING_UNKNOWN
    assert connector.get_available_balance("USDT") < before, "margin stays held while nobody knows"
    await log.waits_for(MarketEvent.OrderFailure)
    assert log.tags() == ["OrderOutcomeUnknown", "OrderFailure"]
    assert connector.get_available_balance("USDT") == before
    assert await open_ids(connector) == []


async def test_service_unavailable_is_a_failure_at_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("service_unavailable")
    buy(connector)
    await log.waits_for(MarketEvent.OrderFailure)
    assert log.tags() == ["OrderFailure"]


async def test_a_read_side_that_lags_does_not_fail_a_living_order(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("not_found_lag", times=50, ms=1_500)
    venue.faults.arm("lost_user_event")
    venue.faults.arm("unknown_but_placed")
    name = buy(connector)
    await log.waits_for(MarketEvent.OrderOutcomeUnknown)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    assert connector.in_flight_orders[name].state is OrderState.OPEN


async def test_a_fill_that_outruns_its_ack_is_counted_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("event_before_ack", ms=400)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: not connector.in_flight_orders, "over")
    assert log.tags() == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]


async def test_an_event_that_comes_twice_counts_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader
) -> None:
    venue.faults.arm("duplicate_user_event", times=3)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert log.tags() == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]
    assert connector.account_positions[PAIR].amount == D("0.010")


async def test_a_fill_whose_event_is_lost_is_read_from_the_trades(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(60_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm("lost_user_event")
    Trader(venue).take(-1, "0.010")
    await until(lambda: connector.account_positions.get(PAIR) is not None, "the account's push came")
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert log.tags() == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]


async def test_a_clock_that_is_off_is_measured_again_and_the_order_sent_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("clock_skew", times=1, ms=60_000)
    name = buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    assert await open_ids(connector) == [name]
    assert log.tags() == ["BuyOrderCreated"]


async def test_nothing_is_sent_while_a_gate_is_shut(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("silent_stream", ms=60_000)
    venue.faults.arm("cut_sockets")
    await log.waits_for(MarketEvent.FeedLost)
    buy(connector)
    failure = await log.waits_for(MarketEvent.OrderFailure)
    assert "not ready" in str(getattr(failure, "fault", ""))
    assert await open_ids(connector) == []


async def test_cancelling_an_order_that_is_filled_meanwhile_reports_the_fill(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(60_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    Trader(venue).take(-1, "0.010")
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert "OrderCancelled" not in log.tags()


@pytest.mark.parametrize("fault", ["unknown_not_placed", "service_unavailable"])
async def test_a_cancel_that_brought_nothing_is_tried_again(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    name = buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm(fault, times=2, method="DELETE")
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert not venue.faults.armed()
    assert log.tags() == ["BuyOrderCreated", "OrderCancelled"]


async def test_a_cancel_that_met_an_unavailable_service_goes_again_by_itself(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm("service_unavailable", times=3, method="DELETE")
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert await open_ids(connector) == []


async def test_a_cancel_asked_for_before_the_ack_is_sent_after_it(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = buy(connector)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert log.tags() == ["BuyOrderCreated", "OrderCancelled"]


async def test_an_order_that_waited_for_the_rate_limits_does_not_leave_when_it_is_no_longer_wanted(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    throttle = connector.components.gateway.throttle
    throttle.account.pause.begin(connector.components.clock.monotonic_ms() + 700)
    buy(connector)
    venue.faults.arm("silent_stream", ms=60_000)
    venue.faults.arm("cut_sockets")
    failure = await log.waits_for(MarketEvent.OrderFailure)
    assert "no longer wanted" in str(getattr(failure, "fault", ""))
    assert await open_ids(connector) == []


async def test_an_order_that_would_wait_long_is_refused_at_once(connector: PerpetualDerivative, log: EventLog) -> None:
    throttle = connector.components.gateway.throttle
    throttle.account.pause.begin(connector.components.clock.monotonic_ms() + 30_000)
    buy(connector)
    failure = await log.waits_for(MarketEvent.OrderFailure)
    assert "rate limits are used up" in str(getattr(failure, "fault", ""))


async def test_a_market_order_of_unknown_outcome_that_filled_is_found_in_the_history(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("not_found_lag", times=100, ms=60_000)
    venue.faults.arm("lost_user_event", times=2)
    venue.faults.arm("unknown_but_placed")
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.OrderOutcomeUnknown)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert "OrderFailure" not in log.tags()
    assert len(log.of(MarketEvent.OrderFilled)) == 1


async def test_an_event_before_its_ack_does_not_make_the_stream_suspect(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("event_before_ack", ms=300)
    name = buy(connector)
    await until(lambda: not venue.faults.armed() and connector.in_flight_orders[name].was_seen, "seen")
    await connector.components.gateway.measure_clock()
    assert connector.components.user.ack_watch.overdue_ms(connector.components.clock.monotonic_ms() + 60_000) == 0


async def test_each_order_of_a_batch_has_a_fate_of_its_own(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    good = OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT_MAKER, D("0.010"), PRICE)
    bad = replace(good, amount=D(-1)), replace(good, trading_pair="NO-SUCH"), replace(good, price=None)
    names = connector.batch_order_create([good, *bad, replace(good, price=D(59_400))])
    assert len(set(names)) == 5
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    await log.waits_for(MarketEvent.OrderFailure, 3)
    assert [getattr(event, "order_id", "") for event in log.of(MarketEvent.OrderFailure)] == names[1:4]
    assert sorted(await open_ids(connector)) == sorted((names[0], names[4]))
    with pytest.raises(ArgumentFault, match="is no order of this connector"):
        connector.batch_order_cancel([(PAIR, names[0]), (PAIR, "strange"), (PAIR, names[4])])
    await log.waits_for(MarketEvent.OrderCancelled, 2)
    assert await open_ids(connector) == []


async def test_a_closing_order_leaves_while_books_and_marks_are_silent(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    venue.faults.arm("silent_stream", ms=60_000)
    await log.waits_for(MarketEvent.FeedLost)
    assert not connector.ready
    buy(connector)
    await log.waits_for(MarketEvent.OrderFailure)
    connector.sell(PAIR, D("0.010"), OrderType.MARKET, position_action=PositionAction.CLOSE)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    account = venue.engine.accounts[venue.account_id]
    assert [row.lots for row in account.positions.values()] in ([], [0])


async def test_a_closing_order_of_hedge_mode_is_cut_to_its_position(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    await connector.set_position_mode(PositionMode.HEDGE)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: f"{PAIR}LONG" in connector.account_positions, "held")
    name = connector.sell(PAIR, D("0.025"), OrderType.MARKET, position_action=PositionAction.CLOSE)
    assert connector.in_flight_orders[name].amount == D("0.010")
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: not connector.account_positions, "flat")


@pytest.mark.parametrize("way", list(OrderWay))
@pytest.mark.parametrize("kind", list(KeyKind))
async def test_a_key_of_any_kind_trades_by_either_way(
    venue: LocalExchange, trader: Trader, kind: KeyKind, way: OrderWay
) -> None:
    sender, signer = new_key(venue, kind)
    connector = connect(venue, way=way, signer=signer)
    await ready(connector)
    log = EventLog(connector)
    resting = buy(connector)
    connector.sell(PAIR, D("0.002"), OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    connector.buy(PAIR, D("0.002"), OrderType.MARKET, position_action=PositionAction.CLOSE)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert (await connector.venue_api.order(SYMBOL, resting)).client_order_id == resting
    connector.cancel(PAIR, resting)
    await log.waits_for(MarketEvent.OrderCancelled)
    sockets = connector.components.gateway.order_sockets
    assert (sockets.fallbacks if sockets else 0) == 0
    assert (sockets is None) is (way is OrderWay.REST)
    assert len(venue.engine.accounts[sender.account_id].placed[SYMBOL]) == 3
    await connector.stop_network()


@pytest.mark.parametrize("fault", ["reset_after_execution", "reset_before_execution", "executed_late_reset"])
async def test_a_socket_that_breaks_under_an_order_leaves_it_unknown_and_the_next_one_goes_on(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, fault: str
) -> None:
    tracker = connector.components.tracker
    venue.faults.arm("lost_user_event")
    venue.faults.arm(fault, ms=2_000)
    first = buy(connector)
    await log.waits_for(MarketEvent.OrderOutcomeUnknown)
    second = buy(connector)
    await until(lambda: connector.in_flight_orders[second].state is OrderState.OPEN, "by REST, or the next connection")
    await until(lambda: not tracker.pending_unknown(), "found out", 60)
    names = [row.client_order_id for row in venue.engine.accounts[venue.account_id].placed[SYMBOL]]
    expected = [second] if fault == "reset_before_execution" else [first, second]
    assert sorted(names) == expected, "nothing was sent twice"
    assert sorted(connector.in_flight_orders) == expected


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"price": D(63_100)}, "PERCENT_PRICE"),
        ({"price": D("59000.05"), "amount": D("0.0004")}, "LOT_SIZE"),
        ({"price": D(49_000), "amount": D("0.001")}, "MIN_NOTIONAL"),
        ({"price": D(59_000), "amount": D(100_000)}, "LOT_SIZE"),
    ],
)
async def test_what_breaks_a_rule_is_named_and_costs_no_request(
    connector: PerpetualDerivative, log: EventLog, changes: dict[str, Decimal], rule: str
) -> None:
    with counted_requests(connector) as sent:
        wanted = {"amount": D("0.010"), **changes}
        connector.buy(PAIR, wanted["amount"], OrderType.LIMIT, wanted["price"])
        failed = await log.waits_for(MarketEvent.OrderFailure)
    assert isinstance(failed, MarketOrderFailureEvent)
    assert failed.rejection is not None
    assert (failed.rejection.kind, failed.rejection.filter) == (RejectionKind.FILTER, rule)
    assert sent == {}


async def test_an_exit_beyond_the_band_goes_and_the_exchange_names_the_rule(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    connector.sell(PAIR, D("0.010"), OrderType.LIMIT, D(50_000), position_action=PositionAction.CLOSE)
    failed = await log.waits_for(MarketEvent.OrderFailure)
    assert isinstance(failed, MarketOrderFailureEvent)
    assert failed.rejection is not None
    assert (failed.rejection.code, failed.rejection.filter) == (-4024, "PERCENT_PRICE")


async def test_a_market_order_into_an_empty_distance_is_not_sent(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, 55_000 * 10**8))
    await until(lambda: connector.get_mark_price(PAIR) == 55_000, "the mark price is nailed")
    with counted_requests(connector) as sent:
        connector.buy(PAIR, D("0.010"), OrderType.MARKET)
        failed = await log.waits_for(MarketEvent.OrderFailure)
        assert sent == {}
    assert "the best price 60010 breaks" in str(getattr(failed, "fault", ""))
    venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, None))


async def test_one_order_more_than_the_pair_takes_is_not_sent(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    known = connector.trading_rules[PAIR]
    connector.components.pair_rules.put(replace(known, max_orders=2))
    for price in (59_000, 58_900):
        connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(price))
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    with counted_requests(connector) as sent:
        name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(58_800))
        failed = await log.waits_for(MarketEvent.OrderFailure)
        assert sent == {}
    assert (getattr(failed, "order_id", ""), "MAX_NUM_ORDERS" in str(getattr(failed, "fault", ""))) == (name, True)
    connector.cancel(PAIR, next(iter(connector.in_flight_orders)))
    await log.waits_for(MarketEvent.OrderCancelled)
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(58_800))
    await log.waits_for(MarketEvent.BuyOrderCreated, 3)


async def test_an_order_without_margin_is_refused_by_name_and_takes_none_from_those_beside_it(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    free = connector.get_available_balance("USDT")
    with counted_requests(connector) as sent:
        large = connector.buy(PAIR, D(90), OrderType.LIMIT, PRICE)
        small = connector.buy(PAIR, D("0.010"), OrderType.LIMIT, PRICE)
        assert log.tags() == [], "nothing is told before the caller has the id"
        await log.waits_for(MarketEvent.BuyOrderCreated)
        assert sent["POST /fapi/v1/order"] == 1
    (refused,) = log.of(MarketEvent.OrderFailure)
    assert isinstance(refused, MarketOrderFailureEvent)
    assert (refused.order_id, refused.rejection) == (large, Rejection(RejectionKind.MARGIN))
    told = str(refused.fault)
    assert "not sent" in told
    assert f"available {plain(free)} USDT" in told
    passing = D(re.findall(r"; ([0-9.]+) would pass", told)[0])
    connector.cancel(PAIR, small)
    await log.waits_for(MarketEvent.OrderCancelled)
    connector.buy(PAIR, passing, OrderType.LIMIT, PRICE)
    await log.waits_for(MarketEvent.BuyOrderCreated, times=2)
    assert await connector.test_order(intent_of(passing)) is not None, "what is free is taken"


async def test_each_order_of_a_batch_is_paid_beside_those_before_it(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    most = connector.budget_checker.adjust_candidate(candidate_of(D(90)), all_or_none=False).amount
    # The fee that was kept back beside the first one's margin pays for the last one.
    names = connector.batch_order_create([intent_of(most), intent_of(D("0.5")), intent_of(D("0.010"))])
    await log.waits_for(MarketEvent.BuyOrderCreated, times=2)
    (refused,) = log.of(MarketEvent.OrderFailure)
    assert getattr(refused, "order_id", "") == names[1]
    assert sorted(await open_ids(connector)) == sorted((names[0], names[2]))


async def test_what_only_reduces_or_waits_for_a_price_asks_for_no_margin(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.5"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    most = connector.budget_checker.adjust_candidate(candidate_of(D(90)), all_or_none=False).amount
    connector.buy(PAIR, most, OrderType.LIMIT, PRICE)
    await log.waits_for(MarketEvent.BuyOrderCreated, times=2)
    stop = OrderOptions(trigger_price=D(61_000))
    connector.buy(PAIR, D("0.5"), OrderType.STOP_MARKET, options=stop)
    connector.sell(PAIR, D("0.5"), OrderType.MARKET, position_action=PositionAction.CLOSE)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await log.waits_for(MarketEvent.BuyOrderCreated, times=3)
    assert MarketEvent.OrderFailure not in [event.tag for event in log.events]


@pytest.mark.parametrize("own_settings", [{"check_budget": False}])
async def test_where_the_budget_is_not_asked_the_exchange_answers(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    connector.buy(PAIR, D(90), OrderType.LIMIT, PRICE)
    refused = await log.waits_for(MarketEvent.OrderFailure)
    assert isinstance(refused, MarketOrderFailureEvent)
    assert refused.rejection == Rejection(RejectionKind.MARGIN, -2019)


@pytest.mark.parametrize("own_settings", [{"reserve_fees": False}, {"reserve_fees": True}])
async def test_a_fee_is_kept_back_as_the_setting_says(
    connector: PerpetualDerivative, own_settings: dict[str, object]
) -> None:
    checker = connector.budget_checker
    entry = checker.populate_collateral_entries(candidate_of(D("0.010"))).percent_fee_collateral
    assert entry is not None
    assert bool(entry.amount) is own_settings["reserve_fees"]


def intent_of(amount: Decimal) -> OrderIntent:
    return OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT, amount, PRICE)


def candidate_of(amount: Decimal) -> PerpetualOrderCandidate:
    return PerpetualOrderCandidate(PAIR, True, OrderType.LIMIT, TradeType.BUY, amount, PRICE)
