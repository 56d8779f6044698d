"""The last 24 hours as REST and the ticker streams tell them ("24hr Ticker Price Change Statistics")."""

from connector.simulator.fixed_point import half_up, text_of
from connector.simulator.market.candles import Bar
from connector.simulator.market.listing import Listing
from connector.simulator.payloads.market_payloads import FAMILY, Payload


def _day(listing: Listing, now_ms: int) -> Bar:
    """The day's bar; before the first trade a flat one at the present price."""
    found = listing.day.at(now_ms)
    if found is not None:
        return found
    ticks = listing.mark_price.last_e8 // listing.instrument.tick_e8
    return Bar(now_ms, ticks, ticks, ticks, ticks)


def _percent(day: Bar) -> str:
    return text_of(half_up((day.close - day.open) * 100_000, day.open) if day.open else 0, 3)


def _average(day: Bar) -> int:
    return half_up(day.value, day.lots) if day.lots else day.close


def _last_lots(listing: Listing) -> int:
    return listing.tape.last.lots if listing.tape.last else 0


def day_row(listing: Listing, now_ms: int) -> Payload:
    """A row of ticker/24hr."""
    day, row = _day(listing, now_ms), listing.instrument
    return {
        "symbol": row.symbol,
        "priceChange": row.price_text(day.close - day.open),
        "priceChangePercent": _percent(day),
        "weightedAvgPrice": row.price_text(_average(day)),
        "lastPrice": row.price_text(day.close),
        "lastQty": row.quantity_text(_last_lots(listing)),
        "openPrice": row.price_text(day.open),
        "highPrice": row.price_text(day.high),
        "lowPrice": row.price_text(day.low),
        "volume": row.quantity_text(day.lots),
        "quoteVolume": row.value_text(day.value),
        "openTime": day.open_ms,
        "closeTime": now_ms,
        "firstId": day.first_id,
        "lastId": day.last_id,
        "count": day.count,
    }


def ticker(listing: Listing, now_ms: int) -> Payload:
    """A frame of ticker."""
    day, row = _day(listing, now_ms), listing.instrument
    return {
        "e": "24hrTicker",
        "E": now_ms,
        "s": row.symbol,
        "ps": row.pair,
        "p": row.price_text(day.close - day.open),
        "P": _percent(day),
        "w": row.price_text(_average(day)),
        "c": row.price_text(day.close),
        "Q": row.quantity_text(_last_lots(listing)),
        "o": row.price_text(day.open),
        "h": row.price_text(day.high),
        "l": row.price_text(day.low),
        "v": row.quantity_text(day.lots),
        "q": row.value_text(day.value),
        "O": day.open_ms,
        "C": now_ms,
        "F": day.first_id,
        "L": day.last_id,
        "n": day.count,
        "st": FAMILY,
    }


def mini_ticker(listing: Listing, now_ms: int) -> Payload:
    """A frame of miniTicker."""
    day, row = _day(listing, now_ms), listing.instrument
    return {
        "e": "24hrMiniTicker",
        "E": now_ms,
        "s": row.symbol,
        "ps": row.pair,
        "c": row.price_text(day.close),
        "o": row.price_text(day.open),
        "h": row.price_text(day.high),
        "l": row.price_text(day.low),
        "v": row.quantity_text(day.lots),
        "q": row.value_text(day.value),
        "st": FAMILY,
    }
