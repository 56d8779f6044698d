"""Moments of a strategy at rest: what it asked for has come true, and then the market moves."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from connector.core.intents import ModifyIntent
from connector.strategies.perpetual_market_making import decide
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quoting_state import QuotingState
from connector.strategies.view import HeldPosition, MarketView
from tests.companions.strategies.scene import NOW_MS, D, come_true, long_of, moment, settings, short_of

TICK = D("0.1")
#: A reference price that comes from elsewhere.
SOURCE = {"price_source": "custom_api", "price_source_custom_api": "http://127.0.0.1/price"}


def at(view: MarketView, bid_ticks: int, spread_ticks: int, later_ms: int = 0) -> MarketView:
    """The same moment at another touch."""
    bid = D("59999.9") + bid_ticks * TICK
    return replace(view, now_ms=view.now_ms + later_ms, best_bid=bid, best_ask=bid + spread_ticks * TICK)


@st.composite
def chosen(draw: st.DrawFn, **fixed: object) -> PerpetualMarketMakingSettings:
    """Settings that touch every bound."""
    levels = draw(st.integers(1, 3))
    bound = draw(st.sampled_from(["0", "0.005", "0.015", "1"]))
    written: dict[str, Any] = {
        "bid_spread": draw(st.sampled_from(["0.001", "0.003", "0.01", "1"])),
        "ask_spread": draw(st.sampled_from(["0.001", "0.004", "0.02", "1"])),
        "minimum_spread": draw(st.sampled_from(["-100", "-0.5", "0", "0.0005"])),
        "order_refresh_tolerance_pct": draw(st.sampled_from(["-1", "0", "0.0005", "0.002"])),
        "order_levels": str(levels),
        "order_level_spread": "0.002",
        "price_type": draw(st.sampled_from(["mid_price", "best_bid", "best_ask", "last_price"])),
        "price_ceiling": draw(st.sampled_from(["-1", "60000.4", "61000"])),
        "price_floor": draw(st.sampled_from(["-1", "59999.5", "50000"])),
        "stop_loss_spread": draw(st.sampled_from(["0", "0.001", "0.01"])),
        "quote_with_position": "true" if bound != "0" else draw(st.sampled_from(["true", "false"])),
        "quote_with_position_limit": bound,
        "inventory_skew": "0" if bound == "0" else draw(st.sampled_from(["0", "0.002", "0.5"])),
        **draw(st.sampled_from([{}, {}, SOURCE])),
        "replace_on_touch": draw(st.sampled_from(["off", "modify"])),
        **fixed,
    }
    return settings(**written)


@st.composite
def at_rest(
    draw: st.DrawFn, chosen_settings: PerpetualMarketMakingSettings, held: tuple[HeldPosition, ...] | None = None
) -> tuple[QuotingState, MarketView]:
    """State and view after a few decisions that all came true, the market moving a little between them."""
    if held is None:
        held = draw(st.sampled_from([(), (long_of("0.01"),), (short_of("0.01"),)]))
    state, view = QuotingState(), moment(NOW_MS, positions=held, source_price=D(60_000))
    for _ in range(draw(st.integers(1, 4))):
        intents, state = decide(chosen_settings, state, view)
        view = come_true(view, intents)
        prices = {one.client_order_id: one.price for one in intents if isinstance(one, ModifyIntent)}
        orders = tuple(replace(one, price=prices.get(one.client_order_id) or one.price) for one in view.orders)
        view = at(replace(view, orders=orders), draw(st.integers(-4, 4)), draw(st.integers(1, 4)))
    intents, state = decide(chosen_settings, state, view)
    return state, view.after(intents) if not any(_is_order(one) for one in intents) else come_true(view, intents)


def _is_order(intent: object) -> bool:
    return hasattr(intent, "order_type")
