"""exchangeInfo to trading rules and rate limits.

Tick and step come from the filters alone, base and quote from their own fields, never from splitting a symbol.
Source: "Exchange Information", as of 2026-11.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connector.core.amounts import ONE, ZERO
from connector.core.faults import ConfigFault
from connector.core.trading_rule import TradingRule
from connector.venue.limits import RateLimit
from connector.wire.json_text import Row, read

PERPETUAL_CONTRACTS = frozenset({"PERPETUAL", "TRADIFI_PERPETUAL"})
_INTERVAL_MS = {"SECOND": 1000, "MINUTE": 60_000, "HOUR": 3_600_000, "DAY": 86_400_000}


@dataclass(frozen=True, slots=True)
class Instruments:
    """What can be traded: rules by pair, pairs by symbol, and the limits in force."""

    rules: Mapping[str, TradingRule]
    pair_of: Mapping[str, str]
    rate_limits: tuple[RateLimit, ...]

    def rule(self, trading_pair: str) -> TradingRule:
        """The pair's rule; raises `ConfigFault` naming near pairs."""
        if trading_pair not in self.rules:
            wanted = trading_pair.upper().replace("-", "")
            near = [pair for pair, rule in self.rules.items() if rule.symbol == wanted]
            shown = ", ".join(near or sorted(self.rules)[:5])
            raise ConfigFault("market", trading_pair, "no such perpetual pair at the exchange", f"try {shown}")
        return self.rules[trading_pair]


def instruments(body: bytes) -> Instruments:
    """The body of exchangeInfo. Rows of other contract kinds are left out."""
    return read(body, "exchangeInfo", _instruments)


def _instruments(info: Row) -> Instruments:
    rows = [row for row in info["symbols"] if row.get("contractType") in PERPETUAL_CONTRACTS]
    rules = {rule.trading_pair: rule for rule in map(trading_rule, rows)}
    return Instruments(
        rules=rules,
        pair_of={rule.symbol: pair for pair, rule in rules.items()},
        rate_limits=tuple(
            RateLimit(
                str(row["rateLimitType"]),
                _INTERVAL_MS[row["interval"]] * int(row["intervalNum"]),
                int(row["limit"]),
            )
            for row in info["rateLimits"]
        ),
    )


def trading_rule(row: Row) -> TradingRule:
    """The rule of one symbol's row. A filter that is absent sets no limit."""
    filters: dict[str, Row] = {entry["filterType"]: entry for entry in row["filters"]}

    def limit(filter_type: str, field: str, default: Decimal = ZERO) -> Decimal:
        value: Any = filters.get(filter_type, {}).get(field)
        return default if value is None else Decimal(str(value))

    status = str(row.get("status") or row.get("contractStatus"))
    return TradingRule(
        trading_pair=f"{row['baseAsset']}-{row['quoteAsset']}",
        symbol=str(row["symbol"]),
        base_asset=str(row["baseAsset"]),
        quote_asset=str(row["quoteAsset"]),
        margin_asset=str(row["marginAsset"]),
        is_trading=status == "TRADING",
        status=status,
        contract_size=Decimal(str(row.get("contractSize", 1))),
        tick_size=limit("PRICE_FILTER", "tickSize"),
        min_price=limit("PRICE_FILTER", "minPrice"),
        max_price=limit("PRICE_FILTER", "maxPrice"),
        step_size=limit("LOT_SIZE", "stepSize"),
        min_amount=limit("LOT_SIZE", "minQty"),
        max_amount=limit("LOT_SIZE", "maxQty"),
        market_step_size=limit("MARKET_LOT_SIZE", "stepSize"),
        min_market_amount=limit("MARKET_LOT_SIZE", "minQty"),
        max_market_amount=limit("MARKET_LOT_SIZE", "maxQty"),
        min_notional=limit("MIN_NOTIONAL", "notional"),
        price_band_up=limit("PERCENT_PRICE", "multiplierUp", ONE * 100),
        price_band_down=limit("PERCENT_PRICE", "multiplierDown"),
        max_orders=int(limit("MAX_NUM_ORDERS", "limit")),
    )
