"""exchangeInfo to trading rules and rate limits.

Tick and step come from the filters alone, base and quote from their own fields, never from splitting a symbol.
Source: "Exchange Information", as of 2026-11.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import ujson

from connector.core.amounts import ONE, ZERO, plain
from connector.core.enums import TradeType
from connector.core.faults import ConfigFault, UnreadableFault, failure_text
from connector.core.figures import FigureError, cut
from connector.core.trading_rule import TradingRule
from connector.venue.contract_states import CONTROLLED_SIDES, contract_kind, contract_state
from connector.venue.limits import RateLimit
from connector.wire.json_text import (
    NOT_AS_PROMISED,
    Row,
    amount,
    positive,
    read,
    rows_of,
    unsigned,
    unsigned_or_none,
    word,
    word_or_none,
)
from connector.wire.rate_limits import rate_limits

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
    #: Of every perpetual symbol, those among them that give way to another of their pair.
    by_symbol: Mapping[str, TradingRule] = field(default_factory=dict)
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
            shown = ", ".join(near or sorted(pair for pair, rule in self.rules.items() if rule.is_trading)[:5])
            raise ConfigFault("market", trading_pair, "no such perpetual pair at the exchange", f"try {shown}")
        return self.rules[trading_pair]


def instruments(body: bytes) -> Instruments:
    """The body of exchangeInfo. Rows of other contract kinds are left out."""
    return read(body, "exchangeInfo", _instruments)


def list_of_one(body: bytes, symbol: str, price: Decimal) -> bytes:
    """The body of exchangeInfo with one symbol's row alone, and in it the price (`startPrice`) that it trades at."""

    def meaning(info: Row) -> bytes:
        row = next((row for row in info["symbols"] if isinstance(row, dict) and row.get("symbol") == symbol), None)
        if row is None:
            raise FigureError(f"symbols: {symbol} is not among them")
        return ujson.dumps({"symbols": [{**row, "startPrice": plain(price)}]}).encode()

    return read(body, "exchangeInfo", meaning)


def _instruments(info: Row) -> Instruments:
    rules: dict[str, TradingRule] = {}
    unusable: dict[str, str] = {}
    by_symbol: dict[str, TradingRule] = {}
    traditional: list[str] = []
    rows = info["symbols"]
    if not isinstance(rows, list):
        raise FigureError("symbols: is no list")
    for row in rows:
        try:
            kind = contract_kind(word_or_none(row, "contractType"))
            if kind is None:
                continue
            rule = trading_rule(row)
            if kind.on_traditional_finance:
                traditional.append(rule.symbol)
        except NOT_AS_PROMISED as error:
            # One row of hundreds: the others are as good as before.
            unusable[_pair_named(row)] = cut(failure_text(error))
            continue
        by_symbol[rule.symbol] = rule
        if _is_better(rule, rules.get(rule.trading_pair)):
            rules[rule.trading_pair] = rule
    limits, unknown = rate_limits(info["rateLimits"])
    return Instruments(
        rules=rules,
        pair_of={rule.symbol: pair for pair, rule in rules.items()},
        rate_limits=limits,
        by_symbol=by_symbol,
        unusable={pair: why for pair, why in unusable.items() if pair not in rules},
        unknown_limits=unknown,
        on_traditional_finance=tuple(traditional),
    )


def _is_better(rule: TradingRule, other: TradingRule | None) -> bool:
    """Of two symbols of one pair the one that trades, else the one that may trade again."""
    if other is None or rule.is_trading != other.is_trading:
        return other is None or rule.is_trading
    return other.is_being_settled and not rule.is_being_settled


def _pair_named(row: object) -> str:
    """The pair that a row is of, as far as it says so."""
    if not isinstance(row, dict):
        return ""
    base, quote = row.get("baseAsset"), row.get("quoteAsset")
    return cut(f"{base}-{quote}") if isinstance(base, str) and isinstance(quote, str) else ""


def trading_rule(row: Row) -> TradingRule:
    """The rule of one symbol's row. Price and lot filters it must have; another that is absent sets no limit."""
    filters: dict[str, Row] = {word(entry, "filterType"): entry for entry in rows_of(row["filters"])}

    def limit(filter_type: str, field: str, default: Decimal = ZERO) -> Decimal:
        entry = filters.get(filter_type, {})
        return default if entry.get(field) is None else unsigned(entry, field)

    step, most = _grid(filters["LOT_SIZE"], "stepSize"), limit("LOT_SIZE", "maxQty")
    market_lot, market_most = filters.get("MARKET_LOT_SIZE"), limit("MARKET_LOT_SIZE", "maxQty")
    status = word_or_none(row, "status") or word(row, "contractStatus")
    state = contract_state(word_or_none(row, "contractType"), status)
    return TradingRule(
        trading_pair=f"{word(row, 'baseAsset')}-{word(row, 'quoteAsset')}",
        symbol=word(row, "symbol"),
        base_asset=word(row, "baseAsset"),
        quote_asset=word(row, "quoteAsset"),
        margin_asset=word(row, "marginAsset"),
        is_trading=state.is_trading,
        status=state.status,
        contract_size=positive(row, "contractSize") if "contractSize" in row else ONE,
        tick_size=_grid(filters["PRICE_FILTER"], "tickSize"),
        min_price=limit("PRICE_FILTER", "minPrice"),
        max_price=limit("PRICE_FILTER", "maxPrice"),
        step_size=step,
        min_amount=limit("LOT_SIZE", "minQty"),
        max_amount=most,
        # A market order keeps to both filters.
        market_step_size=max(step, _grid(market_lot, "stepSize")) if market_lot else step,
        min_market_amount=limit("MARKET_LOT_SIZE", "minQty"),
        max_market_amount=min((bound for bound in (most, market_most) if bound), default=ZERO),
        min_notional=limit("MIN_NOTIONAL", "notional"),
        price_band_up=limit("PERCENT_PRICE", "multiplierUp", ONE * 100),
        price_band_down=limit("PERCENT_PRICE", "multiplierDown"),
        max_orders=int(min(limit("MAX_NUM_ORDERS", "limit"), Decimal(_MOST_LIMIT))),
        reduce_only_sides=_reduce_only_sides(filters.get("POSITION_RISK_CONTROL", {})),
        market_take_bound=unsigned_or_none(row, "marketTakeBound") or ZERO,
        trigger_protect=unsigned_or_none(row, "triggerProtect") or ZERO,
        is_being_settled=state.is_being_settled,
    )


def _reduce_only_sides(control: Row) -> tuple[TradeType, ...]:
    """A word that is not known binds nobody here: the venue refuses what it means."""
    return CONTROLLED_SIDES.get(word_or_none(control, "positionControlSide"), ())


def _grid(row: Row, field: str) -> Decimal:
    """The distance between two prices or amounts."""
    step = amount(row, field)
    if not _FINEST <= step <= _COARSEST:
        raise FigureError(f"{field}: {step} is no grid")
    return step
