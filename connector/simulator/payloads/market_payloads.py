"""Books, trades, prices and funding as REST and the market streams tell them ("Market data")."""

from collections.abc import Iterable

from connector.simulator.fixed_point import E8, e8_text, half_up
from connector.simulator.market.book import Level
from connector.simulator.market.funding_schedule import INTEREST_E8
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.market.tape import AggregateTrade, PublicTrade
from connector.simulator.matching.funding_settlement import Settlement

Payload = dict[str, object]

#: `st` of the streams since 2026-06-30: 1 is USDⓈ-M.
FAMILY = 1


def levels_text(levels: Iterable[Level], instrument: Instrument) -> list[list[str]]:
    """Levels as [price, absolute quantity] texts."""
    return [[instrument.price_text(ticks), instrument.quantity_text(lots)] for ticks, lots in levels]


def depth(listing: Listing, limit: int, now_ms: int) -> Payload:
    """The answer of depth, the best levels first."""
    book, instrument = listing.book, listing.instrument
    return {
        "lastUpdateId": book.update_id,
        "E": now_ms,
        "T": now_ms,
        "bids": levels_text(book.levels(BUY, limit), instrument),
        "asks": levels_text(book.levels(SELL, limit), instrument),
    }


def depth_update(
    instrument: Instrument, ids: tuple[int, int, int], bids: list[Level], asks: list[Level], now_ms: int
) -> Payload:
    """A frame of a depth stream; `ids` are U, u and pu."""
    first, last, before = ids
    return {
        "e": "depthUpdate",
        "E": now_ms,
        "T": now_ms,
        "s": instrument.symbol,
        "ps": instrument.symbol,
        "U": first,
        "u": last,
        "pu": before,
        "b": levels_text(bids, instrument),
        "a": levels_text(asks, instrument),
        "st": FAMILY,
    }


def best_levels(listing: Listing) -> tuple[Level, Level]:
    """Best bid and ask as (ticks, lots), zeros where a side is empty."""
    book = listing.book
    return book.top(BUY) or (0, 0), book.top(SELL) or (0, 0)


def book_ticker(listing: Listing, now_ms: int) -> Payload:
    """A frame of bookTicker; `u` is of the depth streams' id space."""
    (bid, bid_lots), (ask, ask_lots) = best_levels(listing)
    row = listing.instrument
    return {
        "e": "bookTicker",
        "u": listing.book.update_id,
        "s": row.symbol,
        "ps": row.symbol,
        "b": row.price_text(bid),
        "B": row.quantity_text(bid_lots),
        "a": row.price_text(ask),
        "A": row.quantity_text(ask_lots),
        "T": now_ms,
        "E": now_ms,
        "st": FAMILY,
    }


def book_ticker_row(listing: Listing, now_ms: int) -> Payload:
    """A row of ticker/bookTicker."""
    (bid, bid_lots), (ask, ask_lots) = best_levels(listing)
    row = listing.instrument
    return {
        "symbol": row.symbol,
        "bidPrice": row.price_text(bid),
        "bidQty": row.quantity_text(bid_lots),
        "askPrice": row.price_text(ask),
        "askQty": row.quantity_text(ask_lots),
        "time": now_ms,
        "lastUpdateId": listing.book.update_id,
    }


def price_row(listing: Listing, now_ms: int) -> Payload:
    """A row of ticker/price: the last trade, or the mark where nothing traded yet."""
    ticks = listing.mark_price.last_e8 // listing.instrument.tick_e8
    return {"symbol": listing.symbol, "price": listing.instrument.price_text(ticks), "time": now_ms}


def trade_row(trade: PublicTrade, instrument: Instrument) -> Payload:
    """A row of trades."""
    return {
        "id": trade.trade_id,
        "price": instrument.price_text(trade.ticks),
        "qty": instrument.quantity_text(trade.lots),
        "quoteQty": instrument.price_text(half_up(trade.ticks * trade.lots * instrument.lot_e8, E8)),
        "time": trade.time_ms,
        "isBuyerMaker": trade.buyer_is_maker,
        "isRPITrade": trade.is_rpi,
    }


def trade_event(trade: PublicTrade, instrument: Instrument, now_ms: int) -> Payload:
    """A frame of the undocumented single-trade stream."""
    return {
        "e": "trade",
        "E": now_ms,
        "T": trade.time_ms,
        "s": instrument.symbol,
        "t": trade.trade_id,
        "p": instrument.price_text(trade.ticks),
        "q": instrument.quantity_text(trade.lots),
        "X": "MARKET",
        "m": trade.buyer_is_maker,
        "st": FAMILY,
    }


def void_trade(trade_id: int, instrument: Instrument, now_ms: int) -> Payload:
    """A record of price and amount 0, as the venue sends thousands of a day: it is no trade."""
    record = {"e": "trade", "E": now_ms, "T": now_ms, "s": instrument.symbol, "t": trade_id}
    return {**record, "p": "0", "q": "0", "X": "NA", "m": True}


def void_aggregate(aggregate_id: int, instrument: Instrument, now_ms: int) -> Payload:
    """The same on the aggregates' stream."""
    record = {"e": "aggTrade", "E": now_ms, "a": aggregate_id, "s": instrument.symbol, "p": "0", "q": "0", "nq": "0"}
    return {**record, "f": -1, "l": -1, "T": now_ms, "m": True, "X": "NA", "st": FAMILY}


def aggregate_row(trade: AggregateTrade, instrument: Instrument) -> Payload:
    """A row of aggTrades; `nq` leaves out hidden retail liquidity."""
    return {
        "a": trade.aggregate_id,
        "p": instrument.price_text(trade.ticks),
        "q": instrument.quantity_text(trade.lots),
        "nq": instrument.quantity_text(trade.plain_lots),
        "f": trade.first_id,
        "l": trade.last_id,
        "T": trade.time_ms,
        "m": trade.buyer_is_maker,
    }


def aggregate_event(trade: AggregateTrade, instrument: Instrument, now_ms: int) -> Payload:
    """A frame of aggTrade."""
    row = aggregate_row(trade, instrument)
    return {"e": "aggTrade", "E": now_ms, "a": row.pop("a"), "s": instrument.symbol, **row, "st": FAMILY}


def mark_price_update(listing: Listing, now_ms: int) -> Payload:
    """A frame of markPrice; `T` is the next funding time, not a transaction time."""
    mark_price = listing.mark_price
    return {
        "e": "markPriceUpdate",
        "E": now_ms,
        "s": listing.symbol,
        "p": e8_text(mark_price.mark_e8),
        "ap": e8_text(mark_price.average_e8),
        "P": e8_text(mark_price.mark_e8),
        "i": e8_text(mark_price.index_e8),
        "r": "" if listing.instrument.is_dated else e8_text(mark_price.rate_e8),
        "T": 0 if listing.instrument.is_dated else mark_price.next_funding_ms,
        "st": FAMILY,
    }


def premium_index(listing: Listing, now_ms: int) -> Payload:
    """The answer of premiumIndex; `lastFundingRate` is the forecast for the next settlement, if there is one."""
    mark_price, is_dated = listing.mark_price, listing.instrument.is_dated
    return {
        "symbol": listing.symbol,
        "markPrice": e8_text(mark_price.mark_e8),
        "indexPrice": e8_text(mark_price.index_e8),
        "estimatedSettlePrice": e8_text(mark_price.mark_e8),
        "lastFundingRate": "" if is_dated else e8_text(mark_price.rate_e8),
        "interestRate": "" if is_dated else e8_text(INTEREST_E8),
        "nextFundingTime": 0 if is_dated else mark_price.next_funding_ms,
        "time": now_ms,
    }


def funding_rate_row(settlement: Settlement) -> Payload:
    """A row of the funding history."""
    return {
        "symbol": settlement.symbol,
        "fundingTime": settlement.funding_ms,
        "fundingRate": e8_text(settlement.rate_e8),
        "markPrice": e8_text(settlement.mark_e8),
        "rateType": "Special" if settlement.is_special else "Regular",
    }


def funding_info_row(listing: Listing) -> Payload:
    """A row of fundingInfo. The hours are the contract's; the settings say how long one lasts here."""
    schedule = listing.mark_price.funding
    return {
        "symbol": listing.symbol,
        "adjustedFundingRateCap": e8_text(schedule.cap_e8),
        "adjustedFundingRateFloor": e8_text(schedule.floor_e8),
        "fundingIntervalHours": schedule.hours,
        "disclaimer": False,
        "updateTime": schedule.adjusted_ms,
    }
