"""Two legs by the difference of their funding: when they open and close, and that one never stands alone for long."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.core.enums import OrderType, PositionAction
from connector.core.intents import CancelIntent, Intent, OrderIntent
from connector.strategies.funding_spread import Settings, State, begin, decide, pairs, target
from connector.strategies.view import HeldPosition, MarketView, OwnOrder
from tests.companions.sample_rules import rule_of
from tests.companions.strategies.scene import BUY, NOW_MS, SELL, D, cancelled, moment, orders_of, own

FIRST, SECOND = "BTC-USDT", "BTC-USDC"


def chosen(**written: object) -> Settings:
    keys = {"strategy": "funding_spread", "market": FIRST, "leverage": 5, "order_amount": "0.01"}
    return Settings.model_validate({**keys, "second_market": SECOND, "position_amount": "0.03", **written})


def held(amount: Decimal) -> tuple[HeldPosition, ...]:
    return (HeldPosition(amount, D(60_000)),) if amount else ()


def both(
    first_rate: str = "0.0005", second_rate: str = "0.0001", first: str = "0", second: str = "0",
    orders: Sequence[OwnOrder] = (), second_orders: Sequence[OwnOrder] = (), **facts: object,
) -> MarketView:  # fmt: skip
    other = moment(
        rule=rule_of(SECOND), funding_rate=D(second_rate), positions=held(D(second)), orders=tuple(second_orders)
    )
    return moment(
        funding_rate=D(first_rate), positions=held(D(first)), orders=tuple(orders), others=(other,), **facts
    )  # fmt: skip


def asked(view: MarketView, state: State | None = None) -> list[tuple[str, str, Decimal, str]]:
    intents, _ = decide(chosen(), state or begin(chosen()), view)
    return [
        (order.trading_pair, order.trade_type.name, order.amount, order.position_action.name)
        for order in orders_of(intents)
    ]


def test_the_pair_whose_longs_pay_more_is_sold_first_at_its_own_touch() -> None:
    intents, _ = decide(chosen(), begin(chosen()), both())
    (order,) = orders_of(intents)
    assert (order.trading_pair, order.trade_type, order.price) == (FIRST, SELL, D("60000.1"))
    assert (order.order_type, order.amount) == (OrderType.LIMIT_MAKER, D("0.01"))
    assert asked(both("0.0001", "0.0005")) == [(FIRST, "BUY", D("0.01"), "OPEN")]
    assert asked(both("0.0001", "0.00015")) == [], "the difference is too small"


def test_what_was_filled_is_followed_at_once_and_the_first_leg_waits_for_it() -> None:
    intents, _ = decide(chosen(), begin(chosen()), both(first="-0.01"))
    (order,) = orders_of(intents)
    assert (order.trading_pair, order.trade_type, order.order_type) == (SECOND, BUY, OrderType.LIMIT)
    assert order.price is not None
    assert order.price > D("60000.1"), "it takes"
    level = both(first="-0.01", second="0.01")
    assert asked(level) == [(FIRST, "SELL", D("0.01"), "OPEN")]
    assert asked(both(first="-0.03", second="0.03")) == [], "both legs hold what they should"


def test_legs_that_bring_too_little_are_closed_and_never_turned() -> None:
    over = both("0.0001", "0.0005", first="-0.03", second="0.03")
    assert asked(over) == [(FIRST, "BUY", D("0.01"), "CLOSE")]
    ahead = both("0.0001", "0.0005", first="-0.02", second="0.03")
    assert asked(ahead) == [(SECOND, "SELL", D("0.01"), "CLOSE")]
    assert target(chosen(), both("0.0003", "0.0003", first="-0.03"), both().others[0]) == D("-0.03")


def test_an_order_that_stands_behind_the_touch_goes_and_is_not_asked_for_twice() -> None:
    behind = both(orders=(own(SELL, "60010", name="late"),))
    assert cancelled(decide(chosen(), begin(chosen()), behind)[0]) == ["late"]
    assert asked(both(orders=(own(SELL, "60000.1", name="right"),))) == []
    assert asked(both(), State(first_asked_ms=NOW_MS - 500)) == [], "a fill may be on its way"


def test_prices_too_far_apart_open_no_leg() -> None:
    far = both()
    other = replace(far.others[0], best_bid=D(59_000), best_ask=D("59000.1"))
    assert asked(replace(far, others=(other,))) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"second_market": FIRST},
        {"second_market": "ETH-USDC"},
        {"order_amount": "0.04"},
        {"exit_rate_difference": "0.01"},
        {"position_mode": "Hedge"},
    ],
)
def test_settings_that_are_no_two_legs_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        chosen(**wrong)


def test_it_trades_both_pairs() -> None:
    assert pairs(chosen()) == (FIRST, SECOND)


class TwoMarkets:
    """Where orders of two pairs rest, or fill at once, as a test draws it; what is filled is told at the next look."""

    def __init__(self) -> None:
        self.amounts = {FIRST: D(0), SECOND: D(0)}
        self.resting: dict[str, list[OwnOrder]] = {FIRST: [], SECOND: []}
        self.now_ms = NOW_MS

    def view(self, first_rate: str, second_rate: str) -> MarketView:
        seen = both(
            first_rate, second_rate, str(self.amounts[FIRST]), str(self.amounts[SECOND]),
            self.resting[FIRST], self.resting[SECOND],
        )  # fmt: skip
        return replace(seen, now_ms=self.now_ms)

    def take(self, intents: Sequence[Intent], *, fills_maker: bool) -> None:
        for pair, orders in self.resting.items() if fills_maker else ():
            for order in orders:
                self.amounts[pair] += order.trade_type.sign * order.remaining
            self.resting[pair] = []
        for intent in intents:
            if isinstance(intent, CancelIntent):
                self.resting[intent.trading_pair] = []
            elif isinstance(intent, OrderIntent):
                self._place(intent, fills=fills_maker or intent.order_type is OrderType.LIMIT)
        self.now_ms += 2_500

    def _place(self, intent: OrderIntent, *, fills: bool) -> None:
        amount, pair = intent.amount, intent.trading_pair
        if intent.position_action is PositionAction.CLOSE:
            assert intent.trade_type.sign * self.amounts[pair] < 0 and amount <= abs(self.amounts[pair])
        if fills:
            self.amounts[pair] += intent.trade_type.sign * amount
        else:
            self.resting[pair] = [own(intent.trade_type, str(intent.price), str(amount))]


@given(st.data())
@hypothesis_settings(max_examples=40, deadline=None)
def test_in_a_rehearsal_what_stands_alone_is_an_order_at_most_and_both_end_flat(data: st.DataObject) -> None:
    own_settings, venue, state = chosen(), TwoMarkets(), begin(chosen())
    for _ in range(20):
        rates = data.draw(st.sampled_from([("0.0005", "0.0001"), ("0.0001", "0.0005"), ("0.0002", "0.0002")]))
        intents, state = decide(own_settings, state, venue.view(*rates))
        venue.take(intents, fills_maker=data.draw(st.booleans()))
        assert abs(venue.amounts[FIRST] + venue.amounts[SECOND]) <= own_settings.order_amount
        assert max(map(abs, venue.amounts.values())) <= own_settings.position_amount
    for _ in range(16):
        first = venue.amounts[FIRST] or -venue.amounts[SECOND]
        rates = ("0.0009", "0.0001") if first > 0 else ("0.0001", "0.0009") if first else ("0.0002", "0.0002")
        intents, state = decide(own_settings, state, venue.view(*rates))
        venue.take(intents, fills_maker=True)
    assert set(venue.amounts.values()) == {D(0)}
