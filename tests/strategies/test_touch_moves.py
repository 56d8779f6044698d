"""Floats and ticks say of a touch what is to do, and both twins say the same."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connector.core.enums import OrderType, PositionAction, TimeInForce, TradeType
from connector.core.intents import ModifyIntent, OrderIntent
from connector.core.order_options import OrderOptions
from connector.core.twins import COMPILED
from connector.strategies import touch_moves
from connector.strategies.plain import touch_moves as plain
from tests.companions.strategies.scene import D

TWINS = [plain, touch_moves] if COMPILED else [plain]
EACH = pytest.mark.parametrize("twin", TWINS, ids=["plain", "compiled"][: len(TWINS)])
NAN = float("nan")
TICK = D("0.1")
PRICES = st.integers(590_000, 610_000)


def bounds(twin: Any, pulls: tuple[tuple[str, float, float], ...] = (), **changes: float) -> Any:
    told = {"until_ms": 9, "bid_part": 0.5, "ask_part": 0.5, "fixed": 0.0, "low": 59_990.0, "high": 60_010.0}
    told |= {"bid_above": 50_000.0, "ask_below": 70_000.0, **changes}
    return twin.Quiet(**told, pulls=tuple(twin.Pull(*one) for one in pulls))


@EACH
def test_a_touch_within_the_bounds_asks_for_nothing_and_one_beyond_them_or_an_empty_side_does(twin: Any) -> None:
    resting = bounds(twin)
    for bid, ask, said in (
        (59_999.9, 60_000.1, twin.NOTHING),
        (60_009.9, 60_010.1, twin.BEYOND),
        (49_999.0, 70_001.0, twin.BEYOND),
        (NAN, 60_000.1, twin.BEYOND),
        (59_999.9, NAN, twin.BEYOND),
    ):
        assert resting.verdict((bid, 1.0, ask, 1.0), {}, {}) == said
        assert resting.holds(bid, ask) is (said == twin.NOTHING)


@EACH
def test_a_side_that_may_be_ours_alone_needs_a_whole_look(twin: Any) -> None:
    resting, own = bounds(twin), {59_999.9: 0.5}
    assert resting.verdict((59_999.9, 0.5, 60_000.1, 1.0), own, {}) == twin.LOOK
    assert resting.verdict((59_999.9, 0.6, 60_000.1, 1.0), own, {}) == twin.NOTHING, "others are there, too"
    assert resting.verdict((59_999.8, 0.5, 60_000.1, 1.0), own, {}) == twin.NOTHING, "another price"
    assert resting.verdict((60_100.0, 1.0, 60_200.0, 0.1), {}, {60_200.0: 0.1}) == twin.LOOK, "whatever the bounds"


@EACH
def test_what_is_too_near_goes_by_its_own_bounds(twin: Any) -> None:
    resting = bounds(twin, (("buy", 59_990.0, float("inf")), ("sell", float("-inf"), 60_010.0)))
    assert resting.pulled(60_000.0, 60_000.2) == ()
    assert resting.pulled(59_989.0, 59_990.0) == ("buy",)
    assert resting.pulled(60_010.0, 60_011.0) == ("sell",)


@st.composite
def sides(draw: st.DrawFn, sign: int) -> dict[str, Any]:
    price = draw(PRICES)
    return {
        "sign": sign,
        "factor": 10**6 - sign * draw(st.integers(1, 20_000)),
        "capped_at": draw(st.sampled_from([2**62 if sign > 0 else -1, 1_200_004, 1_199_990])),
        "place_from_ms": draw(st.integers(0, 9)),
        "client_order_id": draw(st.sampled_from(["", "it"])),
        "price": price,
        "keep_low": price - draw(st.integers(0, 9)),
        "keep_high": price + draw(st.integers(0, 9)),
        "band": draw(st.sampled_from([0.0, 1.05 if sign > 0 else 0.95, 0.995 if sign > 0 else 1.005])),
        "may_move": draw(st.booleans()),
        "asked": draw(st.lists(st.tuples(PRICES, st.integers(0, 9)), max_size=2).map(tuple)),
    }


def way(twin: Any, buys: dict[str, Any], sells: dict[str, Any], weights: tuple[int, int], minimum_spread: float) -> Any:
    return twin.ShortWay(
        trading_pair="BTC-USDT", tick=TICK, scale=10**6, bid_weight=weights[0], ask_weight=weights[1],
        minimum_spread=minimum_spread, until_ms=8, buys=twin.TickSide(**buys), sells=twin.TickSide(**sells),
    )  # fmt: skip


@pytest.mark.skipif(not COMPILED, reason="the compiled twins are not in use")
@given(st.data(), sides(1), sides(-1))
@hypothesis_settings(max_examples=400, deadline=None)
def test_both_twins_ask_for_the_same(data: st.DataObject, buys: dict[str, Any], sells: dict[str, Any]) -> None:
    terms = data.draw(st.sampled_from([(1, 1), (2, 0), (0, 2)])), data.draw(st.sampled_from([-1.0, -0.001, 0.0, 0.01]))
    one, other = (way(twin, buys, sells, *terms) for twin in TWINS)
    for _ in range(5):
        bid = data.draw(PRICES)
        ask = bid + data.draw(st.integers(1, 9))
        top = float(bid * TICK), 1.0, float(ask * TICK), data.draw(st.sampled_from([1.0, NAN]))
        mark = data.draw(st.sampled_from([None, D("60000.12345678"), D(59_000)]))
        now_ms = data.draw(st.integers(0, 9))
        assert one.changes(top, mark, now_ms) == other.changes(top, mark, now_ms)


@EACH
def test_a_price_that_is_no_number_of_ticks_is_left_to_the_whole_decision(twin: Any) -> None:
    quoted = {"factor": 10**6 - 200, "capped_at": 2**62, "place_from_ms": 9, "client_order_id": "buy", "price": 599_000}
    only_buys = {"sign": 1, **quoted}, {"sign": -1, "factor": 10**6, "capped_at": -1, "place_from_ms": 9}
    followed = way(twin, *only_buys, (1, 1), -1.0)
    assert followed.changes((60_000.0, 1.0, 60_000.2, 1.0), None, 0) == (ModifyIntent("BTC-USDT", "buy", D("59988.0")),)
    for bid, ask in ((60_000.03, 60_000.2), (60_000.0, NAN), (0.0, 60_000.2), (60_000.0, 1e12)):
        assert followed.changes((bid, 1.0, ask, 1.0), None, 0) is None


@EACH
def test_an_order_at_another_price_is_the_same_in_all_else(twin: Any) -> None:
    options = OrderOptions(time_in_force=TimeInForce.GTC)
    close = PositionAction.CLOSE
    one = OrderIntent("BTC-USDT", TradeType.SELL, OrderType.LIMIT_MAKER, D("0.01"), D(60_000), close, options)
    other = twin.at_price(one, D(60_001))
    assert other == OrderIntent("BTC-USDT", TradeType.SELL, OrderType.LIMIT_MAKER, D("0.01"), D(60_001), close, options)
    assert one.price == 60_000


class Market:
    """A pair as a strategy at rest sees it, and what left of it, in order."""

    def __init__(self, twin: Any) -> None:
        self.ready, self.top, self.mark_price = True, (60_000.0, 1.0, 60_000.2, 1.0), D(60_000)
        self.left: list[Any] = []
        hands = twin.Hands(
            lambda names: self.left.append(names),
            lambda changes, now_ms: self.left.append((changes, now_ms)),
            lambda changes, now_ms, mark: self.left.append(("noted", len(changes), mark)),
        )
        self.watch = twin.TouchWatch(twin.Sources(self, self, self, lambda: 5), hands)


@EACH
def test_a_strategy_at_rest_answers_by_itself_what_it_can_and_asks_for_a_look_else(twin: Any) -> None:
    market = Market(twin)
    assert market.watch.needs_look(), "no look has ended"
    quoted = {"factor": 10**6 - 200, "capped_at": 2**62, "place_from_ms": 9, "client_order_id": "buy", "price": 599_882}
    buys, none = {"sign": 1, **quoted}, {"sign": -1, "factor": 10**6, "capped_at": -1, "place_from_ms": 9}
    resting = bounds(twin, (("buy", 59_900.0, float("inf")),), low=60_000.0, high=60_000.3)
    market.watch.rest(resting, way(twin, buys, none, (1, 1), -1.0), {59_950.0: 1.0}, {})
    assert not market.watch.needs_look()
    assert market.left == [], "within the bounds"
    market.top = (59_980.0, 1.0, 59_980.2, 1.0)
    assert not market.watch.needs_look()
    (changes, at_ms), noted = market.left
    assert (changes, at_ms) == ((ModifyIntent("BTC-USDT", "buy", D("59968.1")),), 5), "bytes first"
    assert noted == ("noted", 1, 60_000)
    market.left.clear()
    market.top = (59_890.0, 1.0, 59_890.2, 1.0)
    assert market.watch.needs_look(), "one that is too near is pulled, and the rest is decided"
    assert market.left == [("buy",)]
    market.top = (59_950.0, 1.0, 59_980.2, 1.0)
    assert market.watch.needs_look(), "the bid may be ours"
    market.top, market.ready = (60_000.0, 1.0, 60_000.2, 1.0), False
    assert market.watch.needs_look(), "not ready"
    market.ready = True
    market.watch.wake()
    assert market.watch.needs_look(), "a look has begun"
    assert market.left == [("buy",)]


@EACH
def test_without_a_short_way_what_lies_beyond_the_bounds_needs_a_look(twin: Any) -> None:
    market = Market(twin)
    market.watch.rest(bounds(twin, low=60_000.3), None, {}, {})
    assert market.watch.needs_look()
    assert market.left == []


def test_the_compiled_twin_takes_intents_of_orders_alone() -> None:
    if not COMPILED:
        pytest.skip("the compiled twins are not in use")
    with pytest.raises(TypeError):
        touch_moves.at_price(ModifyIntent("BTC-USDT", "it"), D(1))  # type: ignore[arg-type]
