"""A module of functions, run as a strategy."""

from types import ModuleType, SimpleNamespace
from typing import cast

from connector.core.intents import CancelIntent
from connector.strategies import grid_perpetual
from connector.strategies.strategy import LOOK_EVERY_MS, PlainStrategy
from tests.companions.strategies.scene import BUY, NOW_MS, RULE, D, moment

GRID = grid_perpetual.Settings.model_validate(
    {
        "strategy": "grid_perpetual", "market": "BTC-USDT", "leverage": 5, "order_amount": "0.01",
        "grid_low": 59_000, "grid_high": 61_000, "grid_lines": 5,
    }
)  # fmt: skip


def counting(**more: object) -> ModuleType:
    """A strategy that cancels an order named after how often it was asked."""
    return cast(
        ModuleType,
        SimpleNamespace(
            begin=lambda settings: 0,
            decide=lambda settings, state, view: ([CancelIntent("BTC-USDT", str(state), "")], state + 1),
            **more,
        ),
    )


def test_the_state_of_one_decision_is_that_of_the_next() -> None:
    strategy = PlainStrategy(counting(), GRID)
    asked = [intent for _ in range(3) for intent in strategy.decide(moment())]
    assert [intent.client_order_id for intent in asked if isinstance(intent, CancelIntent)] == ["0", "1", "2"]


def test_no_move_of_the_touch_wakes_it_and_time_does() -> None:
    quiet = PlainStrategy(counting(), GRID).quiet(moment())
    assert quiet is not None
    assert quiet.holds(1.0, 1e9)
    assert quiet.until_ms == NOW_MS + LOOK_EVERY_MS
    sooner = PlainStrategy(counting(LOOK_EVERY_MS=100), GRID).quiet(moment())
    assert sooner is not None
    assert sooner.until_ms == NOW_MS + 100


def test_it_trades_its_market_unless_it_names_more_pairs() -> None:
    assert PlainStrategy(counting(), GRID).pairs == ("BTC-USDT",)
    two = PlainStrategy(counting(pairs=lambda settings: (settings.market, "ETH-USDT")), GRID)
    assert two.pairs == ("BTC-USDT", "ETH-USDT")


def test_what_it_would_quote_is_held_against_the_pairs_rule() -> None:
    strategy = PlainStrategy(grid_perpetual, GRID)
    assert [quote.trade_type for quote in strategy.first_quotes(D(60_000))].count(BUY) == 2
    assert strategy.start_refusals(RULE, D(60_000)) == []
    small = GRID.model_copy(update={"order_amount": D("0.0001")})
    assert {fault.key for fault in PlainStrategy(grid_perpetual, small).start_refusals(RULE, D(60_000))} == {
        "order_amount"
    }
    assert PlainStrategy(counting(), GRID).first_quotes(D(60_000)) == ()
