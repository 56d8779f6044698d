"""Re-priced quotes: by one change, or by a cancel and a new order, within the budget and the rate limits."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pytest

from connector.bot.session.quoter import Quoter
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.net.limits.limit_window import Cost
from connector.simulator.market.orders import BUY
from connector.simulator.server import LocalExchange
from connector.strategies import grid_perpetual
from connector.strategies.strategy import PlainStrategy
from tests.companions.exchange.quoting import both_rest, move_touch, prices, quoting
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, until
from tests.companions.orders.written_names import written_names

pytestmark = pytest.mark.virtual_time

D = Decimal


async def test_by_cancel_and_new_order_the_new_one_waits_for_nothing(
    connector: PerpetualDerivative, trader: Trader, log: EventLog
) -> None:
    with quoting(connector, replace_on_touch="cancel_and_new", order_refresh_tolerance_pct="0"):
        await both_rest(connector)
        with written_names() as written:
            move_touch(connector, "59995.0", "60010.0")
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert Counter(method for method, _ in written) == {"order.cancel": 2, "order.place": 2}
        await log.waits_for(MarketEvent.OrderCancelled, 2)
        await until(lambda: prices(connector) == [D("59990.4"), D("60014.6")], "12 USDT from 60,002.5")


async def test_cancels_and_new_orders_leave_while_the_frame_is_being_read_the_cancels_first(
    connector: PerpetualDerivative,
) -> None:
    with quoting(connector, replace_on_touch="cancel_and_new", order_refresh_tolerance_pct="0"):
        await both_rest(connector)
        before = set(connector.in_flight_orders)
        with written_names() as written:
            move_touch(connector, "59995.0", "60010.0")
            left = [name for method, name in written if method == "order.cancel"]
            came = [name for method, name in written if method == "order.place"]
        assert [method for method, _ in written] == ["order.cancel"] * 2 + ["order.place"] * 2
        assert set(left) == before
        assert set(came) == set(connector.in_flight_orders) - before
        assert all(connector.in_flight_orders[name].cancel_wanted for name in before)


async def test_a_quote_that_another_hand_has_just_cancelled_is_not_replaced(connector: PerpetualDerivative) -> None:
    with quoting(connector, replace_on_touch="cancel_and_new", order_refresh_tolerance_pct="0"):
        await both_rest(connector)
        with written_names() as written:
            for name in tuple(connector.in_flight_orders):
                connector.cancel(PAIR, name)
            move_touch(connector, "59995.0", "60010.0")
            assert [method for method, _ in written] == ["order.cancel"] * 2


async def test_where_the_budget_does_not_bear_both_the_quote_is_changed(
    connector: PerpetualDerivative, trader: Trader, log: EventLog
) -> None:
    free = connector.get_available_balance("USDT")
    amount = (free * D("0.6") * connector.get_leverage(PAIR) / 60_000).quantize(D("0.001"))
    with quoting(
        connector, replace_on_touch="cancel_and_new", order_amount=str(amount), order_refresh_tolerance_pct="0"
    ):
        await both_rest(connector)
        trader.quote(BUY, "60000", "1")
        await log.waits_for(MarketEvent.OrderModified, 2)
        assert log.of(MarketEvent.OrderCancelled) == []


@pytest.mark.parametrize("way", ["modify", "cancel_and_new"])
async def test_while_nothing_may_open_a_move_of_the_touch_brings_cancels_alone(
    connector: PerpetualDerivative, log: EventLog, way: str
) -> None:
    with quoting(connector, replace_on_touch=way, order_refresh_tolerance_pct="0"):
        await both_rest(connector)
        with written_names() as written:
            connector.openings.shut("the exchange, which does not take the key")
            move_touch(connector, "59995.0", "60010.0")
            await until(lambda: not connector.in_flight_orders, "both are gone")
            move_touch(connector, "59990.0", "60010.0")
            await asyncio.sleep(1)
            assert [method for method, _ in written] == ["order.cancel"] * 2
        connector.openings.release("the exchange, which does not take the key")
        await asyncio.sleep(600)
        await both_rest(connector)


async def test_changes_leave_room_in_the_rate_limits_and_their_end_is_told(
    connector: PerpetualDerivative, trader: Trader
) -> None:
    said: list[str] = []
    with quoting(connector, said, replace_on_touch="modify", order_refresh_tolerance_pct="0"):
        await both_rest(connector)
        for step in range(400):
            move_touch(connector, f"{59_990 + step % 7}.0", "60010.0")
            await asyncio.sleep(0.002)
        assert connector.changes_left() == 0
        assert said == ["quotes are not re-priced: the share of the rate limits for orders is used up"], "once"
        assert connector.new_orders_wait_ms() == 0
        assert connector.components.gateway.throttle.wait_ms(Cost(orders_10s=1, orders_1m=1), *now(connector)) == 0


def now(connector: PerpetualDerivative) -> tuple[int, int]:
    return connector.venue_time_ms(), connector.components.clock.monotonic_ms()


async def test_quotes_whose_successors_the_budget_does_not_bear_together_are_not_all_given_up(
    connector: PerpetualDerivative, trader: Trader, log: EventLog
) -> None:
    free = connector.get_available_balance("USDT")
    amount = (free * D("0.3") * connector.get_leverage(PAIR) / 60_000).quantize(D("0.001"))
    ladder = {"order_levels": 2, "order_level_spread": "0.01", "order_level_amount": "0"}
    with quoting(
        connector, replace_on_touch="cancel_and_new", order_amount=str(amount), order_refresh_tolerance_pct="0",
        **ladder,
    ):  # fmt: skip
        await until(lambda: len(prices(connector)) == 4, "asked for")
        await until(lambda: all(order.was_seen for order in connector.in_flight_orders.values()), "they rest")
        await asyncio.sleep(0.5)
        trader.quote(BUY, "59995", "1")
        await log.waits_for(MarketEvent.OrderModified)
        await asyncio.sleep(1)
        assert len(connector.in_flight_orders) == 4
        assert log.of(MarketEvent.OrderFailure) == []


async def test_a_side_whose_quote_made_way_for_a_refused_order_is_quoted_again_before_its_age_is_up(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    with quoting(connector, replace_on_touch="cancel_and_new", order_refresh_tolerance_pct="0"):
        await both_rest(connector)
        venue.faults.arm("overloaded_1008", times=2)
        move_touch(connector, "59995.0", "60010.0")
        await log.waits_for(MarketEvent.OrderFailure)
        await until(lambda: len(connector.in_flight_orders) == 2, "both sides are quoted", within_s=5)


@contextlib.contextmanager
def grid(connector: PerpetualDerivative, lines: int, said: list[str]) -> Iterator[Quoter]:
    """One that looks by itself, of 0.002 BTC a line, until the block ends."""
    chosen = grid_perpetual.Settings(
        strategy="grid_perpetual", market=PAIR, leverage=5, order_amount=D("0.002"), grid_low=D(59_000),
        grid_high=D(61_000), grid_lines=lines,
    )  # fmt: skip
    quoter = Quoter(connector, PlainStrategy(grid_perpetual, chosen), connector.components.clock, said.append)
    quoter.begin()
    try:
        yield quoter
    finally:
        quoter.end()


@pytest.mark.parametrize("own_settings", [{"max_position": "0.005"}])
async def test_a_grid_that_a_limit_bounds_rests_what_it_allows_and_asks_for_nothing_beyond(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    said: list[str] = []
    with grid(connector, 21, said) as quoter:
        await asyncio.sleep(4)
        assert "not placed: max_position: it would come to 0.006 BTC" in quoter.holds
    assert Counter(order.trade_type.name for order in connector.in_flight_orders.values()) == {"BUY": 2, "SELL": 2}
    assert log.of(MarketEvent.OrderFailure) == []
    assert [line for line in said if "not placed" in line] == [
        "not placed: max_position: it would come to 0.006 BTC, at most 0.005"
    ]


@pytest.mark.parametrize("own_settings", [{"max_order_rate": 3}])
async def test_orders_beyond_the_rate_of_the_limits_wait_without_being_refused(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    said: list[str] = []
    with grid(connector, 5, said):
        await asyncio.sleep(4)
        assert len(connector.in_flight_orders) == 3
        await until(lambda: len(connector.in_flight_orders) == 4, "a minute is over", within_s=70)
    assert log.of(MarketEvent.OrderFailure) == []
    assert len([line for line in said if "max_order_rate" in line]) == 1


async def test_a_side_whose_orders_fail_is_tried_again_once_a_second(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("reduce_only_4400", ms=10_000, symbol=SYMBOL)
    with grid(connector, 3, []):
        await log.waits_for(MarketEvent.OrderFailure, 2)
        await asyncio.sleep(4)
        failed = len(log.of(MarketEvent.OrderFailure))
        assert 6 <= failed <= 10, failed
        await until(lambda: len(connector.in_flight_orders) == 2, "both rest after the next probe", within_s=70)


@pytest.mark.parametrize("own_settings", [{"max_position": "0.003"}, {"max_open_orders_notional": 300}])
async def test_where_a_limit_does_not_bear_both_the_quote_is_changed(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    with quoting(
        connector, replace_on_touch="cancel_and_new", order_refresh_tolerance_pct="0", order_amount="0.002"
    ):  # fmt: skip
        await both_rest(connector)
        before = set(connector.in_flight_orders)
        move_touch(connector, "59995.0", "60010.0")
        await log.waits_for(MarketEvent.OrderModified, 2)
        assert set(connector.in_flight_orders) == before
        assert log.of(MarketEvent.OrderCancelled) == log.of(MarketEvent.OrderFailure) == []


@pytest.mark.parametrize("own_settings", [{"max_order_rate": 3}])
async def test_a_quote_stays_where_the_limits_leave_no_turn_for_its_successor(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    said: list[str] = []
    with quoting(connector, said, replace_on_touch="cancel_and_new", order_refresh_tolerance_pct="0"):
        await both_rest(connector)
        with written_names() as written:
            move_touch(connector, "59995.0", "60010.0")
            assert [method for method, _ in written] == ["order.cancel", "order.place"]
        await asyncio.sleep(1)
        assert len(connector.in_flight_orders) == 2
        assert log.of(MarketEvent.OrderFailure) == []
        assert len([line for line in said if line.startswith("quotes are not re-priced: max_order_rate: 3")]) == 1


@pytest.mark.parametrize(
    ("own_settings", "limit"),
    [
        ({"max_position_notional": "120.026"}, "max_position_notional"),
        ({"max_open_orders_notional": "240.001"}, "max_open_orders_notional"),
    ],
)
async def test_a_quote_whose_change_a_limit_refuses_stays_and_is_not_asked_anew_with_each_frame(
    connector: PerpetualDerivative, log: EventLog, limit: str
) -> None:
    said: list[str] = []
    changes = {"replace_on_touch": "modify", "order_refresh_tolerance_pct": "0", "order_amount": "0.002"}
    with quoting(connector, said, minimum_spread="-100", **changes):
        await both_rest(connector)
        for step in range(200):
            move_touch(connector, f"{59_991 + step % 17}.0", "60015.0")
            await asyncio.sleep(0.004)
        refused = Counter(event.order_id for event in log.of(MarketEvent.OrderModifyFailed))
        assert refused and max(refused.values()) == 1, refused
        assert len(connector.in_flight_orders) == 2
        assert len(said) == 1 and said[0].startswith(f"quotes are not re-priced: {limit}: it would come to")
        move_touch(connector, "59990.0", "60010.0")
        await asyncio.sleep(1.5)
        assert prices(connector) == [D("59988"), D("60012")]
        before = len(log.of(MarketEvent.OrderModified))
        move_touch(connector, "59989.0", "60009.0")
        await until(lambda: len(log.of(MarketEvent.OrderModified)) == before + 2, "re-priced again where there is room")
