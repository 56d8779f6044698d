from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.amounts import plain
from connector.core.enums import TradeType
from connector.strategies.ladder import Quote, ladder, planned, reference_price
from connector.strategies.view import DepthLevel, MarketView
from connector.strategies.wanted_exit import wanted_exits
from tests.companions.strategies.scene import BUY, CLOSE, RULE, SELL, D, long_of, moment, own, settings, short_of


def written(quotes: tuple[Quote, ...]) -> list[tuple[str, str, str]]:
    return [(quote.trade_type.name, plain(quote.price), plain(quote.amount)) for quote in quotes]


def prices(quotes: tuple[Quote, ...], side: TradeType) -> list[Decimal]:
    return [quote.price for quote in quotes if quote.trade_type is side]


def test_one_level_stands_at_its_spread_on_both_sides() -> None:
    assert written(ladder(settings(bid_spread="1", ask_spread="2"), moment())) == [
        ("BUY", "59400", "0.01"),
        ("SELL", "61200", "0.01"),
    ]


def test_levels_step_away_in_price_and_amount() -> None:
    many = settings(order_levels="3", order_level_spread="0.5", order_level_amount="0.002")
    assert written(ladder(many, moment())) == [
        ("BUY", "59400", "0.01"),
        ("BUY", "59100", "0.012"),
        ("BUY", "58800", "0.014"),
        ("SELL", "60600", "0.01"),
        ("SELL", "60900", "0.012"),
        ("SELL", "61200", "0.014"),
    ]


def test_amounts_may_shrink_from_level_to_level() -> None:
    shrinking = settings(order_levels="2", order_level_amount="-0.004")
    assert [quote.amount for quote in ladder(shrinking, moment())] == [D("0.010"), D("0.006")] * 2


def test_prices_are_rounded_away_from_the_market_and_amounts_down() -> None:
    odd = settings(bid_spread="0.0101", ask_spread="0.0101", order_amount="0.0109")
    assert written(ladder(odd, moment())) == [("BUY", "59993.9", "0.01"), ("SELL", "60006.1", "0.01")]


@pytest.mark.parametrize(
    ("word", "price"),
    [
        ("mid_price", "60000"),
        ("last_price", "60010"),
        ("last_own_trade_price", "60020"),
        ("best_bid", "59999.9"),
        ("best_ask", "60000.1"),
    ],
)
def test_spreads_are_measured_from_the_price_of_choice(word: str, price: str) -> None:
    view = moment(last_price=D(60010), last_own_price=D(60020))
    assert reference_price(settings(price_type=word), view) == D(price)


def test_before_the_first_own_trade_the_mid_price_stands_in() -> None:
    assert reference_price(settings(price_type="last_own_trade_price"), moment()) == 60000


@pytest.mark.parametrize(
    ("word", "silent"),
    [("mid_price", "best_bid"), ("last_price", "last_price"), ("best_ask", "best_ask")],
)
def test_without_a_reference_price_nothing_is_quoted(word: str, silent: str) -> None:
    assert ladder(settings(price_type=word), moment(**{silent: None})) == ()


@pytest.mark.parametrize(
    ("band", "sides"),
    [
        ({"price_ceiling": "60000.1"}, {BUY, SELL}),
        ({"price_ceiling": "60000"}, {SELL}),
        ({"price_ceiling": "59999"}, {SELL}),
        ({"price_floor": "59999.9"}, {BUY, SELL}),
        ({"price_floor": "60000"}, {BUY}),
        ({"price_floor": "60001"}, {BUY}),
        ({"price_ceiling": "-1", "price_floor": "-1"}, {BUY, SELL}),
        ({"price_ceiling": "60000", "price_floor": "60000"}, set()),
    ],
)
def test_no_buys_at_the_ceiling_and_no_sells_at_the_floor(band: dict[str, str], sides: set[TradeType]) -> None:
    assert {quote.trade_type for quote in ladder(settings(**band), moment())} == sides


@pytest.mark.parametrize(
    ("rate", "seconds", "sides"),
    [
        ("0.0001", 60.0, {SELL}),
        ("-0.0001", 60.0, {BUY}),
        ("0.0001", 60.1, {BUY, SELL}),
        ("0", 1.0, {BUY, SELL}),
        ("0.0001", None, {BUY, SELL}),
    ],
)
def test_the_side_that_would_pay_the_next_funding_pauses(
    rate: str, seconds: float | None, sides: set[TradeType]
) -> None:
    view = moment(funding_rate=D(rate), seconds_to_funding=seconds)
    assert {quote.trade_type for quote in ladder(settings(funding_pause_time="60"), view)} == sides


def test_funding_is_not_looked_at_by_default() -> None:
    assert len(ladder(settings(), moment(funding_rate=D("0.01"), seconds_to_funding=0.0))) == 2


def test_explicit_orders_replace_the_ladder() -> None:
    override = {"a": ["buy", "0.5", "0.02"], "b": ["buy", "0.75", "0.03"], "c": ["sell", "0.1", "0.04"]}
    assert written(ladder(settings(order_override=override, order_levels="5"), moment())) == [
        ("BUY", "59700", "0.02"),
        ("BUY", "59550", "0.03"),
        ("SELL", "60060", "0.04"),
    ]


def test_a_quote_that_would_take_is_dropped_and_the_others_stay() -> None:
    view = moment(last_price=D(61000))
    assert prices(ladder(settings(price_type="last_price"), view), BUY) == []
    assert prices(ladder(settings(price_type="last_price"), view), SELL) == [D("61610")]


def test_a_quote_at_the_best_opposite_price_would_take() -> None:
    view = moment(last_price=D(60000), best_bid=D(59000), best_ask=D(59400))
    assert prices(ladder(settings(price_type="last_price"), view), BUY) == []


def test_a_quote_does_not_meet_an_order_of_our_own_that_the_book_may_not_show_yet() -> None:
    view = moment(orders=(own(SELL, "59400", action=CLOSE),))
    assert prices(ladder(settings(), view), BUY) == []


def test_a_quote_does_not_meet_an_exit_that_is_wanted_but_not_live() -> None:
    view = moment(positions=(long_of("0.5", "59000"),))
    exits = wanted_exits(settings(), view)
    assert written(ladder(settings(), view, exits)) == [("SELL", "60600", "0.01")]
    assert prices(ladder(settings(bid_spread="2"), view, exits), BUY) == [D(58800)]


def test_with_an_empty_side_the_other_price_types_still_quote() -> None:
    view = moment(best_ask=None)
    assert prices(ladder(settings(price_type="last_price"), view), BUY) == [D(59400)]


def optimised(view: MarketView, **more: object) -> tuple[Quote, ...]:
    return ladder(settings(order_optimization_enabled="true", **more), view)


THIN = (DepthLevel(D("59300"), D("0.1")), DepthLevel(D("59200"), D("0.5")), DepthLevel(D("59100"), D("2")))
HIGH = (DepthLevel(D("60700"), D("0.1")), DepthLevel(D("60800"), D("0.5")), DepthLevel(D("60900"), D("2")))


@pytest.mark.parametrize(
    ("depth", "bid", "ask"),
    [
        ("0", "59300.1", "60699.9"),
        ("0.1", "59200.1", "60799.9"),
        ("0.59", "59200.1", "60799.9"),
        ("0.6", "59100.1", "60899.9"),
    ],
)
def test_optimisation_quotes_one_tick_before_the_best_price_beyond_the_depth(depth: str, bid: str, ask: str) -> None:
    depths = {"bid_order_optimization_depth": depth, "ask_order_optimization_depth": depth}
    quotes = optimised(moment(bids=THIN, asks=HIGH), **depths)
    assert [quote.price for quote in quotes] == [D(bid), D(ask)]


def test_optimisation_never_quotes_nearer_than_the_spread() -> None:
    near = (DepthLevel(D("59999.9"), D(5)),), (DepthLevel(D("60000.1"), D(5)),)
    assert [quote.price for quote in optimised(moment(bids=near[0], asks=near[1]))] == [D(59400), D(60600)]


def test_optimisation_does_not_count_the_own_quote() -> None:
    ours = (own(BUY, "59300", "0.1"), own(SELL, "60700", "0.1"))
    quotes = optimised(moment(bids=THIN, asks=HIGH, orders=ours))
    assert [quote.price for quote in quotes] == [D("59200.1"), D("60799.9")]


def test_a_book_thinner_than_the_depth_leaves_the_price_alone() -> None:
    quotes = optimised(moment(bids=THIN, asks=HIGH), bid_order_optimization_depth="9")
    assert [quote.price for quote in quotes] == [D(59400), D("60699.9")]


def test_several_levels_or_several_explicit_orders_are_not_optimised() -> None:
    view = moment(bids=THIN, asks=HIGH)
    assert prices(optimised(view, order_levels="2"), BUY) == [D(59400), D(58800)]
    two = {"a": ["buy", "1", "1"], "b": ["buy", "2", "1"], "c": ["sell", "1", "1"]}
    assert prices(optimised(view, order_override=two), BUY) == [D(59400), D(58800)]
    assert prices(optimised(view, order_override=two), SELL) == [D("60699.9")]


def test_a_plan_names_the_setting_behind_each_amount() -> None:
    assert [quote.key for quote in planned(settings(order_levels="2"), D(60000))] == [
        "order_amount", "order_level_amount", "order_amount", "order_level_amount",
    ]  # fmt: skip
    only = settings(order_override={"a": ["buy", "1", "1"]})
    assert [quote.key for quote in planned(only, D(60000))] == ["order_override"]


def test_a_coarse_tick_still_rounds_away() -> None:
    coarse = replace(RULE, tick_size=D(100))
    quotes = ladder(settings(bid_spread="0.01", ask_spread="0.01"), moment(rule=coarse))
    assert [quote.price for quote in quotes] == [D(59900), D(60100)]


PERCENT = st.decimals("0.001", "9", places=3)


@given(
    bid=PERCENT, ask=PERCENT, step=PERCENT, levels=st.integers(1, 5), best_bid=st.integers(10, 10_000_000),
    gap=st.integers(1, 5_000), last=st.integers(10, 10_000_000),
    price=st.sampled_from(["mid_price", "last_price", "best_bid", "best_ask"]), optimise=st.booleans(),
)  # fmt: skip
def test_a_ladder_never_crosses_itself_nor_the_market(
    bid: Decimal, ask: Decimal, step: Decimal, levels: int, best_bid: int, gap: int, last: int,
    price: str, optimise: bool,
) -> None:  # fmt: skip
    chosen = settings(
        bid_spread=bid, ask_spread=ask, order_level_spread=step, order_levels=levels, price_type=price,
        order_optimization_enabled=optimise,
    )  # fmt: skip
    tick = RULE.tick_size
    view = moment(best_bid=best_bid * tick, best_ask=(best_bid + gap) * tick, last_price=last * tick)
    view = replace(view, bids=(DepthLevel(best_bid * tick, D(1)),), asks=(DepthLevel((best_bid + gap) * tick, D(1)),))
    quotes = ladder(chosen, view)
    buys, sells = prices(quotes, BUY), prices(quotes, SELL)
    assert not (buys and sells) or max(buys) < min(sells)
    assert all(price < (best_bid + gap) * tick for price in buys)
    assert all(price > best_bid * tick for price in sells)
    assert all(price % tick == 0 for price in (*buys, *sells))


def test_a_quote_that_the_band_forbids_is_not_wanted() -> None:
    """The market lies 10 % below the mark price: no sell may be so cheap, and a buy may."""
    far = moment(mark_price=D(66_000))
    assert {quote.trade_type for quote in ladder(settings(), far)} == {BUY}
    near = moment(mark_price=D(54_000))
    assert {quote.trade_type for quote in ladder(settings(), near)} == {SELL}
    assert {quote.trade_type for quote in ladder(settings(), moment(mark_price=None))} == {BUY, SELL}


SKEWED = {"quote_with_position": "true", "quote_with_position_limit": "0.04", "inventory_skew": "0.5"}


def test_inventory_moves_the_reference_price_against_itself() -> None:
    own_settings = settings(**SKEWED)
    assert reference_price(own_settings, moment()) == 60_000
    half = reference_price(own_settings, moment(positions=(long_of("0.02"),)))
    assert half == D(60_000) * (1 - D("0.0025")), "half the limit moves it by half the skew"
    beyond = reference_price(own_settings, moment(positions=(short_of("9"),)))
    assert beyond == D(60_000) * (1 + D("0.005")), "never further than the skew"


def test_both_legs_of_a_hedge_weigh_against_each_other_in_the_skew() -> None:
    hedged = settings(**SKEWED, position_mode="Hedge")
    view = moment(positions=(long_of("0.03"), short_of("0.01")))
    assert reference_price(hedged, view) == D(60_000) * (1 - D("0.0025"))


def test_another_source_is_the_reference_price_where_one_is_named() -> None:
    own_settings = settings(price_source="external_market", price_source_market="ETH-USDT")
    assert reference_price(own_settings, moment(source_price=D(59_000))) == 59_000
    assert reference_price(own_settings, moment()) is None, "its price is too old"
    assert ladder(own_settings, moment()) == ()
    assert [quote.price for quote in ladder(own_settings, moment(source_price=D(60_000)))] == [59_400, 60_600]


def test_a_ladder_is_cut_to_what_the_limit_leaves_the_nearest_first() -> None:
    bounded = settings(quote_with_position="true", quote_with_position_limit="0.025", order_levels="3")
    buys = [quote.amount for quote in ladder(bounded, moment()) if quote.trade_type is BUY]
    assert buys == [D("0.01"), D("0.01"), D("0.005")]
    held = ladder(bounded, moment(positions=(long_of("0.02"),)))
    assert [quote.amount for quote in held if quote.trade_type is BUY] == [D("0.005")]
    assert [quote.amount for quote in held if quote.trade_type is SELL] == [D("0.01"), D("0.01"), D("0.005")]
    full = ladder(bounded, moment(positions=(long_of("0.025"),)))
    assert [quote.trade_type for quote in full] == [SELL] * 3


def test_a_remainder_that_the_rule_refuses_is_not_quoted() -> None:
    bounded = settings(quote_with_position="true", quote_with_position_limit="0.0105", order_levels="2")
    assert [quote.amount for quote in ladder(bounded, moment()) if quote.trade_type is BUY] == [D("0.01")]
