"""The restart: nothing of an earlier life is lost, told twice, or mistaken for another's."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from connector.core.clock import Clock
from connector.core.enums import OrderState, OrderType, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.faults import UnavailableFault
from connector.core.intents import OrderIntent
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.instance import EarlierOrders
from connector.exchange.network.restart_table import Outcome, Whose
from connector.orders.client_order_ids import ClientOrderIds, OrderMapper
from connector.simulator.accounts.algo_orders import AlgoRequest
from connector.simulator.market.orders import BUY, LIMIT, SELL, OrderRequest
from connector.simulator.server import LocalExchange
from connector.store.durability import Durability
from tests.companions.local_trading import PAIR, SYMBOL, Trader, until
from tests.companions.store.lives import TAG, Life, life
from tests.companions.virtual_time import loop_clock

D = Decimal
PRICE = D(59_500)


def buy(connector: PerpetualDerivative, price: Decimal = PRICE) -> str:
    return connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, price)


async def bought(one: Life, price: Decimal = PRICE) -> str:
    name = buy(one.connector, price)
    await one.heard.waits_for(MarketEvent.BuyOrderCreated)
    return name


async def test_an_open_order_of_an_earlier_life_is_named_and_cancelled(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path / "one") as first:
        name = await bought(first)
        left = first.as_killed_now(tmp_path / "two")
    async with life(venue, left) as second:
        (row,) = second.table.rows
        assert (row.whose, row.client_order_id, row.outcome) == (Whose.OWN, name, Outcome.CANCELLED)
        assert await second.connector.components.api.open_orders(SYMBOL) == ()
        assert second.told() == ["OrderCancelled"], "its creation was told in the life before"
        assert second.connector.in_flight_orders == {}


async def test_an_open_order_is_adopted_where_that_is_wanted_and_goes_on(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path / "one") as first:
        name = await bought(first, D(60_000))
        left = first.as_killed_now(tmp_path / "two")
    async with life(venue, left, earlier_orders=EarlierOrders.ADOPT) as second:
        assert second.table.count(Outcome.ADOPTED) == 1
        assert second.connector.in_flight_orders[name].state is OrderState.OPEN
        trader.take(SELL, "0.010")
        await second.heard.waits_for(MarketEvent.BuyOrderCompleted)
        assert second.told() == ["OrderFilled", "BuyOrderCompleted"]


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_change_that_was_in_the_air_is_found_out_by_the_next_life_and_told_once(
    venue: LocalExchange, trader: Trader, tmp_path: Path, arrives: bool
) -> None:
    async with life(venue, tmp_path / "one") as first:
        name = await bought(first)
        venue.faults.arm("lost_user_event")
        venue.faults.arm("unknown_but_placed" if arrives else "unknown_not_placed", method="PUT", path="/fapi/v1/order")
        first.connector.modify(PAIR, name, price=D(59_600), amount=D("0.020"))
        left = first.as_killed_now(tmp_path / "two")
        await asyncio.sleep(0.1)
    async with life(venue, left, earlier_orders=EarlierOrders.ADOPT) as second:
        told = MarketEvent.OrderModified if arrives else MarketEvent.OrderModifyFailed
        await second.heard.waits_for(told)
        order = second.connector.in_flight_orders[name]
        terms = (D(59_600), D("0.020")) if arrives else (PRICE, D("0.010"))
        assert (order.state, order.price, order.amount) == (OrderState.OPEN, *terms)
        assert second.told() == [told.name]
        left = second.as_killed_now(tmp_path / "three")
    async with life(venue, left, earlier_orders=EarlierOrders.ADOPT) as third:
        await asyncio.sleep(15)
        assert third.told() == []
        assert third.connector.in_flight_orders[name].price == terms[0]


class AnHourAhead:
    """This machine's clock, set forward."""

    def __init__(self, clock: Clock) -> None:
        self.now_ms = lambda: clock.now_ms() + 3_600_000
        self.monotonic_ms = clock.monotonic_ms


async def test_a_request_in_the_air_is_waited_for_though_the_clock_was_set_forward_meanwhile(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path / "one") as first:
        venue.faults.arm("executed_late", ms=3_000, method="POST", path="/fapi/v1/order")
        name = buy(first.connector)
        await asyncio.sleep(0.1)
        left = first.as_killed_now(tmp_path / "two")
    async with life(venue, left, clock=AnHourAhead(loop_clock())) as second:
        (row,) = second.table.rows
        assert (row.client_order_id, row.outcome) == (name, Outcome.CANCELLED)
        assert second.told() == ["BuyOrderCreated", "OrderCancelled"]
        assert await second.connector.venue_api.open_orders(SYMBOL) == ()


async def test_several_orders_whose_request_was_in_the_air_are_found_by_the_next_life(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path / "one") as first:
        venue.faults.arm("lost_user_event", times=3)
        venue.faults.arm("unknown_but_placed", method="POST", path="/fapi/v1/batchOrders")
        intents = [OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT_MAKER, D("0.010"), PRICE + n) for n in range(3)]
        names = first.connector.batch_order_create(intents)
        left = first.as_killed_now(tmp_path / "two")
        await asyncio.sleep(0.1)
    async with life(venue, left) as second:
        assert {row.client_order_id for row in second.table.rows} == set(names)
        assert sorted(second.told()) == ["BuyOrderCreated"] * 3 + ["OrderCancelled"] * 3
        assert await second.connector.venue_api.open_orders(SYMBOL) == ()


async def test_a_fill_while_nothing_of_ours_ran_is_told_once_by_the_next_life(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path / "one") as first:
        await bought(first, D(60_000))
        left = first.as_killed_now(tmp_path / "two")
    trader.take(SELL, "0.010")
    async with life(venue, left) as second:
        assert second.told() == ["OrderFilled", "BuyOrderCompleted"]
        assert second.table.trades_told == 1
        assert second.table.positions == ((SYMBOL, D("0.010")),)
        left = second.as_killed_now(tmp_path / "three")
    async with life(venue, left) as third:
        assert third.told() == []
        assert third.table.trades_told == 0


async def test_fills_of_more_than_one_page_are_told_each_once(
    venue: LocalExchange, trader: Trader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.exchange.account.venue_api._PAGE", 3)
    async with life(venue, tmp_path / "one") as first:
        await bought(first, D(60_000))
        trader.take(SELL, "0.001")
        await first.heard.waits_for(MarketEvent.OrderFilled)
        left = first.as_killed_now(tmp_path / "two")
    for _ in range(9):
        trader.take(SELL, "0.001")
    async with life(venue, left) as second:
        told = [event.exchange_trade_id for event in second.heard.of(MarketEvent.OrderFilled)]  # type: ignore[union-attr]
        assert len(told) == len(set(told)) == 9
        assert second.told()[-1] == "BuyOrderCompleted"


async def test_an_event_that_a_kill_kept_from_the_bot_is_told_by_the_next_life(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    """The change is in the journal, and its telling was not finished."""
    images: list[Path] = []
    async with life(venue, tmp_path / "one") as first:
        await bought(first, D(60_000))
        first.connector.add_listener(
            MarketEvent.OrderFilled, lambda event: images.append(first.as_killed_now(tmp_path / "two"))
        )
        trader.take(SELL, "0.010")
        await first.heard.waits_for(MarketEvent.BuyOrderCompleted)
    async with life(venue, images[0]) as second:
        assert second.told() == ["OrderFilled", "BuyOrderCompleted"]


async def test_an_order_that_was_written_down_and_never_left_fails_when_that_is_proven(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path / "one") as first:
        venue.faults.arm("reset_before_execution")
        name = buy(first.connector)
        left = first.as_killed_now(tmp_path / "two")  # before the loop had a turn
        await first.heard.waits_for(MarketEvent.OrderOutcomeUnknown)
    async with life(venue, left) as second:
        assert name not in second.connector.in_flight_orders
        (row,) = second.table.rows
        assert (row.client_order_id, row.outcome, row.detail) == (name, Outcome.RESOLVED, "failed")
        assert second.told() == ["OrderFailure"]


async def test_an_order_of_ours_that_the_journal_lost_is_known_by_its_tag(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    """As after a power cut that took what was not synced."""
    async with life(venue, tmp_path / "one") as first:
        name = await bought(first)
    async with life(venue, tmp_path / "empty") as second:
        (row,) = second.table.rows
        assert (row.whose, row.client_order_id, row.outcome) == (Whose.EARLIER_LIFE, name, Outcome.CANCELLED)
        assert await second.connector.components.api.open_orders(SYMBOL) == ()


@pytest.mark.parametrize(
    ("durability", "whose"),
    [(Durability.EACH, Whose.OWN), (Durability.GROUP, Whose.EARLIER_LIFE), (Durability.NONE, Whose.EARLIER_LIFE)],
)
async def test_a_power_cut_leaves_what_the_setting_promises_and_no_order_unknown(
    venue: LocalExchange, trader: Trader, tmp_path: Path, durability: Durability, whose: Whose
) -> None:
    """The power goes as the order has left, before a group's next sync."""
    async with life(venue, tmp_path / "one", durability=durability) as first:
        name = buy(first.connector)
        left = first.as_the_power_went_now(tmp_path / "two")
        await first.heard.waits_for(MarketEvent.BuyOrderCreated)
    async with life(venue, left) as second:
        (row,) = second.table.rows
        assert (row.whose, row.client_order_id, row.outcome) == (whose, name, Outcome.CANCELLED)
        assert await second.connector.components.api.open_orders(SYMBOL) == ()


async def test_conditional_orders_of_ours_are_cancelled_and_those_of_others_stay(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    own = ClientOrderIds(TAG, 1).mint(TradeType.SELL, 2)
    for name in (own, "web_stop"):
        wanted = AlgoRequest(SYMBOL, SELL, "STOP_MARKET", D("0.010"), trigger_price=D(50_000), client_algo_id=name)
        venue.act(lambda engine, now_ms, wanted=wanted: engine.place_algo(venue.account_id, wanted, now_ms))
    async with life(venue, tmp_path / "one") as first:
        found = {row.client_order_id: (row.whose, row.outcome) for row in first.table.rows}
        assert found == {
            own: (Whose.EARLIER_LIFE, Outcome.CANCELLED), "web_stop": (Whose.FOREIGN, Outcome.KEPT),
        }  # fmt: skip
        assert {row.order for row in first.table.rows} == {"SELL 0.01 STOP_MARKET at a trigger of 50000"}
        left = await first.connector.venue_api.algo.all_open_orders()
        assert [report.client_order_id for report in left] == ["web_stop"]


async def test_an_order_that_the_journal_lost_is_adopted_too(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path / "one") as first:
        name = await bought(first, D(60_000))
    async with life(venue, tmp_path / "empty", earlier_orders=EarlierOrders.ADOPT) as second:
        order = second.connector.in_flight_orders[name]
        assert (order.amount, order.price, order.trade_type) == (D("0.010"), D(60_000), TradeType.BUY)
        left = second.as_killed_now(tmp_path / "three")
    async with life(venue, left, earlier_orders=EarlierOrders.ADOPT) as third:
        assert name in third.connector.in_flight_orders, "from then on the journal knows it"
        assert third.table.rows[0].whose is Whose.OWN


async def test_orders_of_others_are_named_and_never_touched(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    """By hand, by another program, and by another instance on the same account."""
    names = ["web_1", "desk1-by-hand", ClientOrderIds("desk2", 1).mint(TradeType.BUY, 2)]
    for name in names:
        request = OrderRequest(SYMBOL, BUY, LIMIT, D("0.010"), PRICE, client_order_id=name)
        venue.act(lambda engine, now_ms, request=request: engine.place(venue.account_id, request, now_ms))
    async with life(venue, tmp_path / "one") as first:
        found = {row.client_order_id: (row.whose, row.outcome) for row in first.table.rows}
        assert found == dict.fromkeys(names, (Whose.FOREIGN, Outcome.KEPT))
        await first.connector.cancel_all(5)
        await first.connector.sweep(first.connector.is_own)
        listed = await first.connector.components.api.open_orders(SYMBOL)
        assert sorted(report.client_order_id for report in listed) == sorted(names)


async def test_an_order_of_a_pair_that_is_not_traded_any_more_is_dealt_with_by_its_symbol(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path / "one") as first:
        name = await bought(first, D(60_000))
        left = first.as_killed_now(tmp_path / "two")
    async with life(venue, left, ("ETH-USDT",), starts=False, earlier_orders=EarlierOrders.ADOPT) as second:
        await second.connector.start_network()
        (row,) = second.table.rows
        assert (row.outcome, row.detail) == (Outcome.ADOPTED, "its pair is not traded here")
        assert name in second.connector.in_flight_orders
        trader.take(SELL, "0.010")
        await until(lambda: "BuyOrderCompleted" in second.told(), "its end is found out", 60)
        assert second.told() == ["OrderFilled", "BuyOrderCompleted"]


async def test_orders_that_cant_be_cancelled_keep_the_start_from_going_on(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path / "one") as first:
        name = await bought(first)
        left = first.as_killed_now(tmp_path / "two")
    venue.faults.arm("service_unavailable", times=10_000, method="DELETE", path="/fapi/v1/order")
    async with life(venue, left, starts=False) as second:
        with pytest.raises(UnavailableFault, match=f"can't be cancelled: {name}"):
            await second.connector.start_network()
        assert not second.connector.ready


async def test_funding_of_the_time_between_is_told_once(venue: LocalExchange, trader: Trader, tmp_path: Path) -> None:
    async with life(venue, tmp_path / "one") as first:
        first.connector.buy(PAIR, D("0.010"), OrderType.MARKET)
        await first.heard.waits_for(MarketEvent.BuyOrderCompleted)
        left = first.as_killed_now(tmp_path / "two")
    await asyncio.sleep(3_700)  # settlements go by
    async with life(venue, left) as second:
        paid = [event.income_id for event in second.heard.of(MarketEvent.FundingPaymentCompleted)]  # type: ignore[union-attr]
        booked = [row async for row in second.connector.venue_api.income_since(0) if row.kind == "FUNDING_FEE"]
        assert sorted(paid) == sorted(row.income_id for row in booked)
        assert second.table.payments_told == len(paid) > 1
        left = second.as_killed_now(tmp_path / "three")
    async with life(venue, left) as third:
        again = {event.income_id for event in third.heard.of(MarketEvent.FundingPaymentCompleted)}  # type: ignore[union-attr]
        assert again.isdisjoint(paid)


async def test_counted_ids_are_known_again_by_the_journal(venue: LocalExchange, trader: Trader, tmp_path: Path) -> None:
    facts = {"mapper": OrderMapper.SEQUENCE, "prefix": "n"}
    async with life(venue, tmp_path / "one", **facts) as first:
        assert await bought(first) == "n1"
        left = first.as_killed_now(tmp_path / "two")
    async with life(venue, left, **facts) as second:
        (row,) = second.table.rows
        assert (row.whose, row.client_order_id, row.outcome) == (Whose.OWN, "n1", Outcome.CANCELLED)
        assert int(buy(second.connector).removeprefix("n")) > 1
        await second.connector.cancel_all(5)


async def test_a_tag_is_all_that_a_life_of_nothing_says(venue: LocalExchange, trader: Trader, tmp_path: Path) -> None:
    async with life(venue, tmp_path / "one") as first:
        assert not first.table.says_something
        assert first.journal.tag == TAG


async def test_an_id_that_was_given_to_what_can_be_no_order_is_not_given_again(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    facts = {"mapper": OrderMapper.SEQUENCE, "prefix": "n"}
    bad = OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT, D(-1), PRICE)
    good = OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT_MAKER, D("0.010"), PRICE)
    async with life(venue, tmp_path / "one", **facts) as first:
        names = first.connector.batch_order_create([bad, bad, good])
        assert await first.connector.test_order(good) is None
        await first.heard.waits_for(MarketEvent.BuyOrderCreated)
    async with life(venue, tmp_path / "one", **facts) as second:
        assert buy(second.connector) not in names
        await second.heard.waits_for(MarketEvent.BuyOrderCreated)
