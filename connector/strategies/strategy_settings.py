"""What the settings of every strategy hold; a strategy of one's own derives its `Settings` from it.

A field keeps the unit of the file in its bounds, its default and its description (`setting`), and `FRACTION` turns
percent into a fraction. Unknown keys are refused.
"""

from decimal import Decimal
from typing import Annotated

from annotated_types import Ge, Gt
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from connector.core.amounts import ONE, ceil_to
from connector.core.enums import PositionMode
from connector.strategies.setting_kinds import REQUIRED, pair_named, position_mode_named, setting

__all__ = ["StrategySettings", "in_ms"]


class StrategySettings(BaseModel):
    """One file's settings, in the file's units until they are loaded."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    strategy: str = setting(REQUIRED, "the strategy that the file is for", bound="a strategy's name")
    domain: str = setting("binance_perpetual_local", "the exchange to trade at", bound="a domain")
    market: Annotated[str, AfterValidator(pair_named)] = setting(
        REQUIRED, "trading pair", bound="a pair such as BTC-USDT"
    )
    leverage: Annotated[int, Ge(1)] = setting(REQUIRED, "leverage, set and read back before quoting")
    position_mode: Annotated[PositionMode, BeforeValidator(position_mode_named)] = setting(
        "One-way", "one net position, or a long and a short one side by side", bound="One-way or Hedge"
    )
    order_amount: Annotated[Decimal, Gt(0)] = setting(REQUIRED, "amount of an order", "base")
    redundant_streams: bool = setting(False, "whether two sockets carry each stream; the first arrival counts")


def in_ms(seconds: Decimal) -> int:
    """Rounded up."""
    return int(ceil_to(ONE, seconds * 1000))
