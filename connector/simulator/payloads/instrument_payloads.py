"""The contracts and their rules as REST tells them ("Exchange information", "Notional and leverage brackets")."""

import json
from collections.abc import Iterable
from decimal import Decimal

from connector.simulator.access.rate_limits import ORDERS_PER_10S, ORDERS_PER_MINUTE, WEIGHT
from connector.simulator.fixed_point import E8, text_of
from connector.simulator.market.collateral_prices import MarginAsset, margin_asset, margin_assets
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.listing import Listing

Payload = dict[str, object]

RATE_LIMITS: list[Payload] = [
    {"rateLimitType": kind, "interval": interval, "intervalNum": number, "limit": limit}
    for kind, interval, number, limit in (
        ("REQUEST_WEIGHT", "MINUTE", 1, WEIGHT.most),
        ("ORDERS", "MINUTE", 1, ORDERS_PER_MINUTE),
        ("ORDERS", "SECOND", 10, ORDERS_PER_10S),
    )
]

#: The docs' sample still lists the stop types, which the order endpoint refuses with -4120.
ORDER_TYPES = (
    "LIMIT",
    "MARKET",
    "STOP",
    "STOP_MARKET",
    "TAKE_PROFIT",
    "TAKE_PROFIT_MARKET",
    "TRAILING_STOP_MARKET",
)


def exchange_info(listings: Iterable[Listing], now_ms: int) -> Payload:
    """The answer of exchangeInfo."""
    shown = list(listings)
    return {
        "timezone": "UTC",
        "serverTime": now_ms,
        "futuresType": "U_MARGINED",
        "rateLimits": RATE_LIMITS,
        "exchangeFilters": [],
        "assets": [
            {"asset": asset, "marginAvailable": True, "autoAssetExchange": _threshold(margin_asset(asset))}
            for asset in margin_assets(shown)
        ],
        "symbols": [_symbol(listing) for listing in shown],
    }


def _threshold(row: MarginAsset) -> str:
    return plain(Decimal(row.exchange_below_e8).scaleb(-8).normalize())


def _symbol(listing: Listing) -> Payload:
    row = listing.instrument
    return {
        "symbol": row.symbol,
        "pair": row.pair,
        "contractType": row.contract_type,
        "deliveryDate": row.delivery_ms,
        "onboardDate": row.onboard_ms,
        "status": listing.status,
        "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000",
        "baseAsset": row.base,
        "quoteAsset": row.quote,
        "marginAsset": row.quote,
        "pricePrecision": row.price_precision,
        "quantityPrecision": row.quantity_precision,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": row.underlying_type,
        "underlyingSubType": list(row.underlying_sub_types),
        "triggerProtect": plain(row.trigger_protect),
        "liquidationFee": plain(row.liquidation_fee),
        "marketTakeBound": plain(row.market_take_bound),
        "maxMoveOrderLimit": row.max_amendments,
        "filters": _filters(row, listing.control_side),
        "orderTypes": list(ORDER_TYPES),
        "timeInForce": list(row.times_in_force),
        "permissionSets": ["GRID", "COPY", "DCA", "PSB", *(["RPI"] if row.takes_rpi else [])],
        **{name: json.loads(value) for name, value in row.told},
    }


def _filters(row: Instrument, control_side: str) -> list[Payload]:
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": plain(row.min_price),
            "maxPrice": plain(row.max_price),
            "tickSize": plain(row.tick),
        },
        _lots("LOT_SIZE", row, row.min_quantity, row.max_quantity),
        _lots("MARKET_LOT_SIZE", row, row.market_min_quantity, row.market_max_quantity),
        {"filterType": "MAX_NUM_ORDERS", "limit": row.max_orders},
        {"filterType": "MIN_NOTIONAL", "notional": plain(row.min_notional)},
        {
            "filterType": "PERCENT_PRICE",
            "multiplierUp": plain(row.percent_up),
            "multiplierDown": plain(row.percent_down),
            "multiplierDecimal": "4",
        },
        {"filterType": "POSITION_RISK_CONTROL", "positionControlSide": control_side},
    ]


def _lots(name: str, row: Instrument, least: Decimal, most: Decimal) -> Payload:
    step = plain(row.step)
    return {"filterType": name, "minQty": plain(least) if least else step, "stepSize": step, "maxQty": plain(most)}


def leverage_brackets(row: Instrument) -> Payload:
    """The brackets of one contract: notional in USDT."""
    return {
        "symbol": row.symbol,
        "brackets": [
            {
                "bracket": bracket.number,
                "initialLeverage": bracket.leverage,
                "notionalCap": bracket.cap,
                "notionalFloor": bracket.floor,
                "maintMarginRatio": bracket.rate_e8 / E8,
                "cum": float(text_of(bracket.cum_e8, 8)),
            }
            for bracket in row.brackets
        ],
    }


def plain(amount: Decimal) -> str:
    """A filter's figure as the venue prints it, without exponent."""
    return format(amount, "f")
