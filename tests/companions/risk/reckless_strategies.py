"""Settings of each strategy as nobody should run it, by seed: large orders, high leverage, no stop-loss."""

import importlib
import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from connector.config.loader import load_settings
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.strategy import RunSettings
from tests.companions.local_trading import PAIR
from tests.companions.places import SHIPPED_SETTINGS

D = Decimal
MARKET_MAKING = "perpetual_market_making"
SECOND_PAIR = "BTC-USDC"


def market_making(chance: random.Random) -> dict[str, object]:
    return {
        "leverage": chance.choice((10, 20, 50)),
        "order_amount": D(chance.randrange(2, 200)) / 1000,
        "order_levels": chance.choice((1, 2, 4)),
        "order_level_amount": D(chance.randrange(0, 60)) / 1000,
        "bid_spread": D(chance.randrange(2, 60)) / 1000,
        "ask_spread": D(chance.randrange(2, 60)) / 1000,
        "order_level_spread": D(chance.randrange(5, 60)) / 1000,
        "order_refresh_time": chance.choice((1, 2, 5)),
        "filled_order_delay": chance.choice((1, 2)),
        "stop_loss_spread": chance.choice((0, 0, D("0.5"))),
        "position_mode": chance.choice(("One-way", "One-way", "Hedge")),
        "replace_on_touch": chance.choice(("off", "off", "modify", "cancel_and_new")),
    }


def avellaneda(chance: random.Random) -> dict[str, object]:
    """Hardly averse to risk, with a position bound that does not bind."""
    return {
        "leverage": chance.choice((10, 20, 50)),
        "order_amount": D(chance.randrange(20, 300)) / 1000,
        "maximum_position": chance.choice((1, 2, 5)),
        "risk_aversion": chance.choice((D("0.001"), D("0.01"), D("0.1"))),
        "horizon": chance.choice((1, 10, 60)),
        "volatility_window": chance.choice((10, 30)),
        "minimum_spread": D(chance.randrange(2, 30)) / 1000,
        "maximum_spread": D(chance.randrange(40, 200)) / 1000,
        "order_refresh_time": chance.choice((1, 2, 5)),
    }


def grid(chance: random.Random) -> dict[str, object]:
    """Dense lines, each with an order that a wallet hardly bears, and the price leaves them."""
    return {
        "leverage": chance.choice((10, 20, 50)),
        "order_amount": D(chance.randrange(20, 250)) / 1000,
        "grid_low": chance.randrange(55_000, 59_500),
        "grid_high": chance.randrange(60_500, 66_000),
        "grid_lines": chance.choice((5, 11, 21, 41)),
        "is_geometric": chance.choice((True, False)),
    }


def spread(chance: random.Random) -> dict[str, object]:
    """Legs that are more than the wallet bears, whatever the prices of both are apart."""
    return {
        "leverage": chance.choice((10, 20, 50)),
        "order_amount": D(chance.randrange(10, 200)) / 1000,
        "second_market": SECOND_PAIR,
        "position_amount": chance.choice((D("0.2"), D("0.6"), 2)),
        "entry_rate_difference": D("0.001"),
        "maximum_price_gap": 5,
        "slippage": D(chance.randrange(0, 100)) / 1000,
    }


#: By strategy: how its settings are drawn.
STRATEGIES: Mapping[str, Callable[[random.Random], dict[str, object]]] = {
    MARKET_MAKING: market_making,
    "avellaneda_perpetual": avellaneda,
    "grid_perpetual": grid,
    "funding_spread": spread,
}


def settings_of(strategy: str, changes: Mapping[str, object]) -> RunSettings:
    """As from a file with these values."""
    if strategy == MARKET_MAKING:
        return load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, changes)
    module: Any = importlib.import_module(f"connector.strategies.{strategy}")
    settings: RunSettings = module.Settings.model_validate({"strategy": strategy, "market": PAIR, **changes})
    return settings
