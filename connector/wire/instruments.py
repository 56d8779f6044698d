"""exchangeInfo to trading rules and rate limits.

Tick and step come from the filters alone, base and quote from their own fields, never from splitting a symbol.
Source: "Exchange Information", as of 2026-11.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from connector.core.amounts import ONE, ZERO
from connector.core.faults import ConfigFault, UnreadableFault
from connector.core.figures import FigureError, cut
from connector.core.trading_rule import TradingRule
from connector.venue.limits import RateLimit
from connector.wire.json_text import (
    NOT_AS_PROMISED,
    Row,
    amount,
    positive,
    read,
    rows_of,
    unsigned,
    word,
    word_or_none,
)
from connector.wire.rate_limits import rate_limits

_TRADITIONAL = "TRADIFI_PERPETUAL"
PERPETUAL_CONTRACTS = frozenset({"PERPETUAL", _TRADITIONAL})
#: A grid finer or coarser than any of the venue's: what is counted in it would not stay exact.
_FINEST, _COARSEST = Decimal("1e-12"), Decimal("1e12")
#: Open orders of a symbol are counted in hundreds.
_MOST_LIMIT = 10**9


@dataclass(frozen=True, slots=True)
class Instruments:
    """What can be traded: rules by pair, pairs by symbol, and the limits in force."""

    rules: Mapping[str, TradingRule]
    pair_of: Mapping[str, str]
    rate_limits: tuple[RateLimit, ...]
    #: Why a pair cannot be traded though it is listed.
    unusable: Mapping[str, str] = field(default_factory=dict)
    #: A line for each listed limit that is not known.
    unknown_limits: tuple[str, ...] = ()
    #: Symbols of contracts on traditional finance, whose orders ask for an agreement.
    on_traditional_finance: tuple[str, ...] = ()

    def rule(self, trading_pair: str) -> TradingRule:
        """The pair's rule; raises `UnreadableFault` where the exchange lists none to trade by, `ConfigFault` naming
        near pairs where it does not list the pair."""
        if trading_pair in self.unusable:
            raise UnreadableFault(f"trading rule of {trading_pair}", self.unusable[trading_pair])
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
    rules: dict[str, TradingRule] = {}
    unusable: dict[str, str] = {}
    traditional: list[str] = []
    for row in rows_of(info["symbols"]):
        if row.get("contractType") not in PERPETUAL_CONTRACTS:
            continue
        try:
            rule = trading_rule(row)
            rules[rule.trading_pair] = rule
            if row["contractType"] == _TRADITIONAL:
                traditional.append(rule.symbol)
        except NOT_AS_PROMISED as error:
            # One row of hundreds: the others are as good as before.
            unusable[_pair_named(row)] = cut(f"{type(error).__name__} {error}")
    limits, unknown = rate_limits(info["rateLimits"])
    return Instruments(
        rules=rules,
        pair_of={rule.symbol: pair for pair, rule in rules.items()},
        rate_limits=limits,
        unusable=unusable,
        unknown_limits=unknown,
        on_traditional_finance=tuple(traditional),
    )


def _pair_named(row: Row) -> str:
    """The pair that a row is of, as far as it says so."""
    base, quote = row.get("baseAsset"), row.get("quoteAsset")
    return cut(f"{base}-{quote}") if isinstance(base, str) and isinstance(quote, str) else ""


def trading_rule(row: Row) -> TradingRule:
    """The rule of one symbol's row. Price and lot filters it must have; another that is absent sets no limit."""
    filters: dict[str, Row] = {word(entry, "filterType"): entry for entry in rows_of(row["filters"])}

    def limit(filter_type: str, field: str, default: Decimal = ZERO) -> Decimal:
        entry = filters.get(filter_type, {})
        return default if entry.get(field) is None else unsigned(entry, field)

    market_lot = filters.get("MARKET_LOT_SIZE")
    status = word_or_none(row, "status") or word(row, "contractStatus")
    return TradingRule(
        trading_pair=f"{word(row, 'baseAsset')}-{word(row, 'quoteAsset')}",
        symbol=word(row, "symbol"),
        base_asset=word(row, "baseAsset"),
        quote_asset=word(row, "quoteAsset"),
        margin_asset=word(row, "marginAsset"),
        is_trading=status == "TRADING",
        status=status,
        contract_size=positive(row, "contractSize") if "contractSize" in row else ONE,
        tick_size=_grid(filters["PRICE_FILTER"], "tickSize"),
        min_price=limit("PRICE_FILTER", "minPrice"),
        max_price=limit("PRICE_FILTER", "maxPrice"),
        step_size=_grid(filters["LOT_SIZE"], "stepSize"),
        min_amount=limit("LOT_SIZE", "minQty"),
        max_amount=limit("LOT_SIZE", "maxQty"),
        market_step_size=_grid(market_lot, "stepSize") if market_lot else ZERO,
        min_market_amount=limit("MARKET_LOT_SIZE", "minQty"),
        max_market_amount=limit("MARKET_LOT_SIZE", "maxQty"),
        min_notional=limit("MIN_NOTIONAL", "notional"),
        price_band_up=limit("PERCENT_PRICE", "multiplierUp", ONE * 100),
        price_band_down=limit("PERCENT_PRICE", "multiplierDown"),
        max_orders=int(min(limit("MAX_NUM_ORDERS", "limit"), Decimal(_MOST_LIMIT))),
    )


def _grid(row: Row, field: str) -> Decimal:
    """The distance between two prices or amounts."""
    step = amount(row, field)
    if not _FINEST <= step <= _COARSEST:
        raise FigureError(f"{field}: {step} is no grid")
    return step
