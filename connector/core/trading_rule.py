"""What a venue allows for one pair, and which rule an order would break.

Figures come from the venue's filters alone (`pricePrecision` and its like are not tick sizes). An amount that
would round to zero is an error that names the rule: it is never sent and never silently dropped.
"""

from dataclasses import dataclass
from decimal import Decimal

from connector.core.amounts import ZERO, ceil_to, floor_to, is_multiple, plain
from connector.core.enums import OrderType, TradeType


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """One rule that an order would break: its name at the venue, the limit, the value and the way out."""

    rule: str
    limit: str
    value: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.value} breaks {self.rule} ({self.limit}); {self.remedy}"


@dataclass(frozen=True, slots=True)
class TradingRule:
    """Limits of one pair. Prices in the quote asset, amounts in base units (or contracts), 0 = no limit."""

    trading_pair: str
    symbol: str
    base_asset: str
    quote_asset: str
    margin_asset: str
    is_trading: bool
    status: str
    contract_size: Decimal
    tick_size: Decimal
    min_price: Decimal
    max_price: Decimal
    step_size: Decimal
    min_amount: Decimal
    max_amount: Decimal
    market_step_size: Decimal
    min_market_amount: Decimal
    max_market_amount: Decimal
    min_notional: Decimal
    price_band_up: Decimal
    price_band_down: Decimal
    max_orders: int
    #: Sides whose orders may only reduce a position (POSITION_RISK_CONTROL).
    reduce_only_sides: tuple[TradeType, ...] = ()
    #: How far from the mark price a market order goes, as a fraction.
    market_take_bound: Decimal = ZERO
    #: How far the last price may be from the mark price where a protected conditional order triggers, as a fraction.
    trigger_protect: Decimal = ZERO
    #: The contract ends, or has ended: it will not trade again.
    is_being_settled: bool = False

    @property
    def min_price_increment(self) -> Decimal:
        return self.tick_size

    @property
    def min_base_amount_increment(self) -> Decimal:
        return self.step_size

    @property
    def min_order_size(self) -> Decimal:
        return self.min_amount

    @property
    def max_order_size(self) -> Decimal:
        return self.max_amount

    @property
    def min_notional_size(self) -> Decimal:
        return self.min_notional

    @property
    def buy_order_collateral_token(self) -> str:
        return self.margin_asset

    @property
    def sell_order_collateral_token(self) -> str:
        return self.margin_asset

    def quantize_price(self, price: Decimal, trade_type: TradeType | None = None) -> Decimal:
        """`price` on the tick grid, away from the market: buys down, sells up (no side: down)."""
        return (ceil_to if trade_type is TradeType.SELL else floor_to)(self.tick_size, price)

    def quantize_amount(self, amount: Decimal, order_type: OrderType = OrderType.LIMIT) -> Decimal:
        """`amount` cut down to the lot grid of its order type. May be 0: ask `broken_by` before sending."""
        return floor_to(self._step(order_type), amount)

    def least_amount(self, price: Decimal) -> Decimal:
        """The smallest opening amount payable at `price`: lot size and minimum notional together."""
        by_notional = self.min_notional / (price * self.contract_size) if price else ZERO
        return ceil_to(self.step_size, max(self.min_amount, by_notional))

    def broken_by(
        self,
        amount: Decimal,
        price: Decimal,
        order_type: OrderType = OrderType.LIMIT,
        *,
        reduce_only: bool = False,
        is_priced: bool = True,
    ) -> BrokenRule | None:
        """The first rule that this order breaks, or None. `price` is the mark price where the order has none: of a
        market order, and of a limit order whose price the venue finds (`is_priced` False)."""
        return (
            self.broken_status()
            or self._broken_lot(amount, order_type)
            or (self.broken_price(price) if is_priced and order_type.is_limit_type() else None)
            or (None if reduce_only else self._broken_notional(amount, price))
        )

    def broken_minimum(
        self, amount: Decimal, price: Decimal, order_type: OrderType = OrderType.LIMIT
    ) -> BrokenRule | None:
        """The minimum that an opening order stays below, lot or notional, or None; `price` as in `broken_by`."""
        return self._broken_least(amount, order_type) or self._broken_notional(amount, price)

    def _step(self, order_type: OrderType) -> Decimal:
        return self.step_size if order_type.is_limit_type() else self.market_step_size

    def broken_status(self) -> BrokenRule | None:
        """Whether the pair takes no orders now."""
        if self.is_trading:
            return None
        remedy = "the pair is being settled" if self.is_being_settled else "wait until the pair trades again"
        return BrokenRule("symbol status", "TRADING", self.status, remedy)

    def broken_control(self, trade_type: TradeType) -> BrokenRule | None:
        """Whether orders of that side may only reduce now; asked of one that opens."""
        if trade_type not in self.reduce_only_sides:
            return None
        side = trade_type.name.lower()
        return BrokenRule("POSITION_RISK_CONTROL", f"no opening {side}s", f"an opening {side}", "only reduce for now")

    def _broken_lot(self, amount: Decimal, order_type: OrderType) -> BrokenRule | None:
        if below := self._broken_least(amount, order_type):
            return below
        is_limit = order_type.is_limit_type()
        most = self.max_amount if is_limit else self.max_market_amount
        step = self._step(order_type)
        if most and amount > most:
            limit, remedy = f"maximum {plain(most)}", f"use at most {plain(most)}"
        elif not is_multiple(step, amount):
            limit, remedy = f"step {plain(step)}", f"use a multiple, such as {plain(floor_to(step, amount))}"
        else:
            return None
        return BrokenRule(_lot_name(order_type), limit, f"amount {plain(amount)}", remedy)

    def _broken_least(self, amount: Decimal, order_type: OrderType) -> BrokenRule | None:
        is_limit = order_type.is_limit_type()
        least = self.min_amount if is_limit else max(self.min_amount, self.min_market_amount)
        if amount >= least and amount > 0:
            return None
        limit, remedy = f"minimum {plain(least)}", f"use at least {plain(least)}"
        return BrokenRule(_lot_name(order_type), limit, f"amount {plain(amount)}", remedy)

    def broken_price(self, price: Decimal, what: str = "price") -> BrokenRule | None:
        """The rule of prices that this one breaks, or None; `what` is how it is called."""
        if price <= 0 or price < self.min_price:
            low = plain(self.min_price)
            limit, remedy = f"minimum {low}", f"use at least {low}"
        elif self.max_price and price > self.max_price:
            high = plain(self.max_price)
            limit, remedy = f"maximum {high}", f"use at most {high}"
        elif not is_multiple(self.tick_size, price - self.min_price):
            limit, remedy = f"tick {plain(self.tick_size)}", "quantize the price first"
        else:
            return None
        return BrokenRule("PRICE_FILTER", limit, f"{what} {plain(price)}", remedy)

    def _broken_notional(self, amount: Decimal, price: Decimal) -> BrokenRule | None:
        notional = amount * price * self.contract_size
        if notional >= self.min_notional:
            return None
        least = plain(self.least_amount(price))
        return BrokenRule(
            "MIN_NOTIONAL",
            f"minimum {plain(self.min_notional)} {self.quote_asset}",
            f"amount {plain(amount)} x price {plain(price)} = {plain(notional)}",
            f"use an amount of at least {least}",
        )


def _lot_name(order_type: OrderType) -> str:
    return "LOT_SIZE" if order_type.is_limit_type() else "MARKET_LOT_SIZE"
