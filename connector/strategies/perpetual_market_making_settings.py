"""The settings of perpetual market making: names, units, bounds and defaults that bots' users know.

They are those of Hummingbot's strategy of the same name (2026-09); a file written for it loads here. Keys of ours
that it lacks keep its behaviour by default.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Self

from annotated_types import Ge, Gt, Le, Lt
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from connector.core.amounts import ONE, ceil_to, plain
from connector.core.enums import PositionMode, PriceType
from connector.strategies.setting_kinds import (
    FRACTION,
    REQUIRED,
    OverrideOrder,
    PriceSource,
    Replace,
    override_orders,
    pair_named,
    pair_or_none,
    position_mode_named,
    price_limit,
    price_source_named,
    price_type_named,
    refuse,
    replace_named,
    setting,
    web_address,
)

STRATEGY = "perpetual_market_making"
#: Keys of the file's version 5 whose behaviour version 6 left out, with the words that stand for it being off.
RETIRED: Mapping[str, frozenset[str]] = {
    "position_management": frozenset({"profit_taking"}),
    "ts_activation_spread": frozenset(),
    "ts_callback_rate": frozenset(),
    "close_position_order_type": frozenset({"limit"}),
    "ping_pong_enabled": frozenset(),
    "hanging_orders_enabled": frozenset(),
    "hanging_orders_cancel_pct": frozenset({"10"}),
    "add_transaction_costs": frozenset(),
    "take_if_crossed": frozenset(),
}
_PRICE_LIMIT = "a price > 0, or -1 for none"


def _is_this_strategy(name: str) -> str:
    if name != STRATEGY:
        raise refuse(f"must be {STRATEGY}, the strategy that runs here")
    return name


class PerpetualMarketMakingSettings(BaseModel):
    """One file's settings. Bounds, defaults and descriptions are in the file's units, percent among them;
    a loaded spread, tolerance or buffer is a fraction (`bid_spread: 1` is read as 0.01)."""

    #: Keys of template 5 that are served no more, each with what switches it off.
    retired: ClassVar[Mapping[str, frozenset[str]]] = RETIRED

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    template_version: str | None = setting(None, "version of the file's layout; not used", bound="any")
    strategy: Annotated[str, AfterValidator(_is_this_strategy)] = setting(
        STRATEGY, "the strategy that the file is for", bound=STRATEGY
    )
    derivative: str | None = setting(
        None, "connector's name in files of other hosts; checked, `domain` decides", bound="a domain"
    )
    domain: str = setting("binance_perpetual_local", "the exchange to trade at", bound="a domain")
    market: Annotated[str, AfterValidator(pair_named)] = setting(
        REQUIRED, "trading pair", bound="a pair such as BTC-USDT"
    )
    leverage: Annotated[int, Ge(1)] = setting(REQUIRED, "leverage, set and read back before quoting")
    position_mode: Annotated[PositionMode, BeforeValidator(position_mode_named)] = setting(
        "One-way", "one net position, or a long and a short one side by side", bound="One-way or Hedge"
    )
    bid_spread: Annotated[Decimal, Gt(0), Lt(100), FRACTION] = setting(
        REQUIRED, "distance of the first buy below the reference price", "%"
    )
    ask_spread: Annotated[Decimal, Gt(0), Lt(100), FRACTION] = setting(
        REQUIRED, "distance of the first sell above the reference price", "%"
    )
    minimum_spread: Annotated[Decimal, Ge(-100), Le(100), FRACTION] = setting(
        Decimal(-100), "an open quote closer than this to the reference price is cancelled; -100 is off", "%"
    )
    order_refresh_time: Annotated[Decimal, Gt(0)] = setting(REQUIRED, "age after which quotes are replaced", "s")
    order_refresh_tolerance_pct: Annotated[Decimal, Ge(-10), Le(10), FRACTION] = setting(
        Decimal(0), "quotes whose price would move no more than this stay; negative is off", "%"
    )
    order_amount: Annotated[Decimal, Gt(0)] = setting(REQUIRED, "amount of the first level", "base")
    long_profit_taking_spread: Annotated[Decimal, Ge(0), Le(100), FRACTION] = setting(
        Decimal(0), "take-profit of a long position above its entry price; 0 is at the entry price", "%"
    )
    short_profit_taking_spread: Annotated[Decimal, Ge(0), Le(100), FRACTION] = setting(
        Decimal(0), "take-profit of a short position below its entry price; 0 is at the entry price", "%"
    )
    stop_loss_spread: Annotated[Decimal, Ge(0), Le(101), FRACTION] = setting(
        Decimal(0), "stop-loss distance from the entry price; 0 is none", "%"
    )
    time_between_stop_loss_orders: Annotated[Decimal, Gt(0)] = setting(
        Decimal(60), "age after which an unfilled stop-loss order is renewed", "s"
    )
    stop_loss_slippage_buffer: Annotated[Decimal, Ge(0), Lt(100), FRACTION] = setting(
        Decimal("0.5"), "how far through the stop price the closing order is priced", "%"
    )
    price_ceiling: Annotated[Decimal, AfterValidator(price_limit)] = setting(
        Decimal(-1), "no buys while the reference price is at or above it", "quote", _PRICE_LIMIT
    )
    price_floor: Annotated[Decimal, AfterValidator(price_limit)] = setting(
        Decimal(-1), "no sells while the reference price is at or below it", "quote", _PRICE_LIMIT
    )
    order_levels: Annotated[int, Ge(1)] = setting(1, "levels a side")
    order_level_amount: Decimal = setting(Decimal(0), "further amount per level, may be negative", "base")
    order_level_spread: Annotated[Decimal, Gt(0), Lt(100), FRACTION] = setting(
        Decimal(1), "further distance per level", "%"
    )
    filled_order_delay: Annotated[Decimal, Gt(0)] = setting(
        Decimal(60), "pause of new quotes after a complete fill", "s"
    )
    order_optimization_enabled: bool = setting(
        False, "with one level: quote one tick better than the best price beyond the depth, never nearer"
    )
    ask_order_optimization_depth: Annotated[Decimal, Ge(0)] = setting(
        Decimal(0), "depth of asks to look past, own quotes not counted", "base"
    )
    bid_order_optimization_depth: Annotated[Decimal, Ge(0)] = setting(
        Decimal(0), "depth of bids to look past, own quotes not counted", "base"
    )
    price_source: Annotated[PriceSource, BeforeValidator(price_source_named)] = setting(
        "current_market",
        "where the reference price comes from: this market, another pair's (external_market), an address (custom_api)",
        bound="current_market, external_market or custom_api",
    )
    price_type: Annotated[PriceType, BeforeValidator(price_type_named)] = setting(
        "mid_price",
        "the reference price; last_own_trade_price is the mid price before the first own trade; custom is what "
        "custom_api tells",
        bound="mid_price, last_price, last_own_trade_price, best_bid, best_ask or custom",
    )
    price_source_derivative: str | None = setting(
        None, "with external_market: the domain whose market that is; empty: where this trades", bound="a domain"
    )
    price_source_market: Annotated[str | None, AfterValidator(pair_or_none)] = setting(
        None, "with external_market: the pair whose price it is", bound="a pair such as BTC-USDT"
    )
    price_source_custom_api: Annotated[str | None, AfterValidator(web_address)] = setting(
        None, "with custom_api: the address whose answer is the price, a number alone", bound="an http or https address"
    )
    custom_api_update_interval: Annotated[Decimal, Ge(Decimal("0.5"))] = setting(
        Decimal(5), "with custom_api: how often it is asked", "s"
    )
    price_source_max_age: Annotated[Decimal, Gt(0)] = setting(
        Decimal(15), "a price of another market or of an address that is older pulls the quotes until it is there", "s"
    )
    order_override: Annotated[tuple[OverrideOrder, ...], BeforeValidator(override_orders)] = setting(
        (), "explicit orders in place of the ladder", bound="orders such as order_1: [buy, 0.5, 0.01]"
    )
    quote_with_position: bool = setting(
        False, "whether two-sided quoting goes on beside the exits while a position is open"
    )
    quote_with_position_limit: Annotated[Decimal, Ge(0)] = setting(
        Decimal(0), "quotes of a side come to no more than would bring the position to this; 0 is no bound", "base"
    )
    inventory_skew: Annotated[Decimal, Ge(0), Lt(100), FRACTION] = setting(
        Decimal(0),
        "how far the reference price is moved against a position of quote_with_position_limit, and less in proportion "
        "against a smaller one; 0 is off",
        "%",
    )
    funding_pause_time: Annotated[Decimal, Ge(0)] = setting(
        Decimal(0), "this long before a funding settlement the side that would pay is not quoted; 0 is off", "s"
    )
    replace_on_touch: Annotated[Replace, BeforeValidator(replace_named)] = setting(
        "off",
        "how a quote whose price moved with the touch by more than the tolerance is re-priced before its age is up",
        bound="off, modify, or cancel_and_new",
    )
    redundant_streams: bool = setting(False, "whether two sockets carry each stream; the first arrival counts")

    @property
    def order_refresh_ms(self) -> int:
        return _ms(self.order_refresh_time)

    @property
    def filled_order_delay_ms(self) -> int:
        return _ms(self.filled_order_delay)

    @property
    def stop_loss_renewal_ms(self) -> int:
        return _ms(self.time_between_stop_loss_orders)

    @property
    def price_source_max_age_ms(self) -> int:
        return _ms(self.price_source_max_age)

    @model_validator(mode="after")
    def _price_source_is_whole(self) -> Self:
        if self.price_source is PriceSource.EXTERNAL_MARKET:
            if self.price_source_market is None:
                raise refuse("has to be set with price_source external_market", "name a pair", "price_source_market")
            if self.price_type is PriceType.LastOwnTrade:
                raise refuse("is no price of another market", "use mid_price", "price_type")
        if self.price_source is PriceSource.CUSTOM_API:
            if self.price_source_custom_api is None:
                raise refuse("has to be set with price_source custom_api", "name an address", "price_source_custom_api")
            if self.price_source_max_age <= self.custom_api_update_interval:
                rule = f"is over before the next answer, {plain(self.custom_api_update_interval)} s later"
                raise refuse(rule, "use a few times custom_api_update_interval", "price_source_max_age")
        elif self.price_type is PriceType.Custom:
            raise refuse("needs price_source custom_api", "use mid_price", "price_type")
        return self

    @model_validator(mode="after")
    def _skew_has_its_measure(self) -> Self:
        if self.quote_with_position_limit and not self.quote_with_position:
            raise refuse("bounds nothing without quote_with_position", "set it to true", "quote_with_position_limit")
        if self.inventory_skew and not self.quote_with_position_limit:
            raise refuse("is measured by quote_with_position_limit, which is 0", "set a limit", "inventory_skew")
        return self

    @model_validator(mode="after")
    def _last_level_is_an_order(self) -> Self:
        if self.order_override:
            return self
        steps = self.order_levels - 1
        last = self.order_amount + steps * self.order_level_amount
        if last <= 0:
            raise refuse(
                f"level {self.order_levels} would have the amount {plain(last)}",
                "fewer levels, or a smaller decrease",
                "order_level_amount",
            )
        distance = self.bid_spread + steps * self.order_level_spread
        if distance >= ONE:
            raise refuse(
                f"buy level {self.order_levels} would lie {plain(distance * 100)} % below the reference price",
                "fewer levels, or closer ones",
                "order_level_spread",
            )
        return self

    @model_validator(mode="after")
    def _quotes_outlive_their_birth(self) -> Self:
        closest = min([order.spread for order in self.order_override] or [self.bid_spread, self.ask_spread])
        if self.minimum_spread > closest:
            raise refuse(
                f"every quote at {plain(closest * 100)} % would be cancelled as soon as it is placed",
                "use at most the smallest spread",
                "minimum_spread",
            )
        return self


def _ms(seconds: Decimal) -> int:
    return int(ceil_to(ONE, seconds * 1000))
