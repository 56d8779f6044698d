"""The venue's statistics of a contract (`/futures/data`), told from who holds it here and what was traded.

Fields stand in the order in which they were seen on the wire (2026-09). A ratio is that of the numbers themselves, and
shares are those of the same numbers, each to four decimals ("Top trader long/short ratio": 1.8105 beside 0.6442 and
0.3558). Where a side is empty, or is told as nothing, there is no ratio, and so no row (inferred: on the venue
somebody always stands on either side).
"""

from decimal import Decimal

from connector.simulator.fixed_point import E8, e8_text, half_up, text_of
from connector.simulator.market.candles import Bar
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.listing import Listing
from connector.simulator.market.positioning_history import Positioning

Payload = dict[str, object]
#: Decimals of shares and ratios.
_SHARE_DECIMALS, _WHOLE = 4, 10_000


def open_interest_row(row: Positioning, instrument: Instrument) -> Payload:
    """What was open, and what it was worth at the mark. No supply of a coin is known here."""
    amount_e8 = row.open_lots * instrument.lot_e8
    return {
        "symbol": instrument.symbol,
        "sumOpenInterest": e8_text(amount_e8),
        "sumOpenInterestValue": e8_text(half_up(amount_e8 * row.mark_e8, E8)),
        "CMCCirculatingSupply": e8_text(0),
        "timestamp": row.time_ms,
    }


def ratio_row(symbol: str, longs: int, shorts: int, time_ms: int) -> Payload | None:
    """The shares of longs and shorts; None where they have no ratio."""
    long_share = half_up(longs * _WHOLE, longs + shorts) if longs or shorts else 0
    short_share = _WHOLE - long_share
    if not long_share or not short_share:
        return None
    return {
        "symbol": symbol,
        "longAccount": text_of(long_share, _SHARE_DECIMALS),
        "longShortRatio": text_of(half_up(longs * _WHOLE, shorts), _SHARE_DECIMALS),
        "shortAccount": text_of(short_share, _SHARE_DECIMALS),
        "timestamp": time_ms,
    }


def taker_row(bar: Bar, instrument: Instrument) -> Payload | None:
    """What takers bought and sold in a period, in base units; None where they have no ratio."""
    bought, sold = bar.taken_lots, bar.lots - bar.taken_lots
    if not bought or not sold:
        return None
    return {
        "buySellRatio": text_of(half_up(bought * _WHOLE, sold), _SHARE_DECIMALS),
        "sellVol": _volume(sold, instrument),
        "buyVol": _volume(bought, instrument),
        "timestamp": bar.open_ms,
    }


def basis_row(row: Positioning, instrument: Instrument) -> Payload:
    """By how much the contract's last price stood above its index."""
    basis_e8 = row.last_e8 - row.index_e8
    return {
        "indexPrice": e8_text(row.index_e8),
        "contractType": instrument.contract_type,
        "basisRate": text_of(half_up(basis_e8 * _WHOLE, row.index_e8), _SHARE_DECIMALS),
        "futuresPrice": _plain(row.last_e8),
        "annualizedBasisRate": "",
        "basis": _plain(basis_e8),
        "pair": instrument.pair,
        "timestamp": row.time_ms,
    }


def delivery_row(listing: Listing) -> Payload:
    """When a contract was delivered and at what price."""
    delivered_ms, ticks = listing.delivered or (0, 0)
    return {"deliveryTime": delivered_ms, "deliveryPrice": float(listing.instrument.price_text(ticks))}


def _volume(lots: int, instrument: Instrument) -> str:
    return text_of(half_up(lots * instrument.lot_e8, _WHOLE), _SHARE_DECIMALS)


def _plain(amount_e8: int) -> str:
    return f"{(Decimal(amount_e8) / E8).normalize():f}"
