"""Candles as REST and the kline streams tell them ("Kline/Candlestick Data", "Continuous Contract Kline")."""

from connector.simulator.fixed_point import e8_text
from connector.simulator.market.candles import Bar, following_ms
from connector.simulator.market.instruments import Instrument
from connector.simulator.payloads.market_payloads import Payload


def traded_row(bar: Bar, interval: str, instrument: Instrument) -> list[object]:
    """A row of klines and continuousKlines."""
    return [
        bar.open_ms,
        *(instrument.price_text(ticks) for ticks in (bar.open, bar.high, bar.low, bar.close)),
        instrument.quantity_text(bar.lots),
        following_ms(interval, bar.open_ms) - 1,
        instrument.value_text(bar.value),
        bar.count,
        instrument.quantity_text(bar.taken_lots),
        instrument.value_text(bar.taken_value),
        "0",
    ]


def sampled_row(bar: Bar, interval: str) -> list[object]:
    """A row of the index, mark price and premium klines: volumes mean nothing there, the count is of samples."""
    return [
        bar.open_ms,
        *(e8_text(price_e8) for price_e8 in (bar.open, bar.high, bar.low, bar.close)),
        "0",
        following_ms(interval, bar.open_ms) - 1,
        "0",
        bar.count,
        "0",
        "0",
        "0",
    ]


def _body(bar: Bar, interval: str, instrument: Instrument, now_ms: int) -> Payload:
    close_ms = following_ms(interval, bar.open_ms) - 1
    return {
        "i": interval,
        "f": bar.first_id,
        "L": bar.last_id,
        "o": instrument.price_text(bar.open),
        "c": instrument.price_text(bar.close),
        "h": instrument.price_text(bar.high),
        "l": instrument.price_text(bar.low),
        "v": instrument.quantity_text(bar.lots),
        "n": bar.count,
        "x": now_ms > close_ms,
        "q": instrument.value_text(bar.value),
        "V": instrument.quantity_text(bar.taken_lots),
        "Q": instrument.value_text(bar.taken_value),
        "B": "0",
    }


def kline(bar: Bar, interval: str, instrument: Instrument, now_ms: int) -> Payload:
    """A frame of kline; `x` says that the candle is over."""
    times: Payload = {
        "t": bar.open_ms,
        "T": following_ms(interval, bar.open_ms) - 1,
        "s": instrument.symbol,
    }
    body = _body(bar, interval, instrument, now_ms)
    return {"e": "kline", "E": now_ms, "s": instrument.symbol, "k": {**times, **body}}


def continuous_kline(bar: Bar, interval: str, instrument: Instrument, now_ms: int) -> Payload:
    """A frame of continuousKline."""
    times: Payload = {"t": bar.open_ms, "T": following_ms(interval, bar.open_ms) - 1}
    body = _body(bar, interval, instrument, now_ms)
    head: Payload = {"e": "continuous_kline", "E": now_ms, "ps": instrument.pair, "ct": instrument.contract_type}
    return {**head, "k": {**times, **body}}
