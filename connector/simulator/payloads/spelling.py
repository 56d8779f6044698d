"""How numbers are spelled: with the contract's decimals, and zeros bare where the venue's captures have them so.

Events of the user stream say `0` where REST pads it (captured 2024-01 to 2026-09). What is a sum of prices x
quantities, and the average price, has as many decimals as price and quantity together.
"""

from connector.simulator.fixed_point import E8, e8_text, half_up, text_of
from connector.simulator.market.instruments import Instrument

ZERO = "0"
FIRST_TRANSACTION = 4 * 10**17


def bare_e8(amount_e8: int) -> str:
    """Money with its eight decimals, nothing as a bare `0`."""
    return e8_text(amount_e8) if amount_e8 else ZERO


def short_e8(amount_e8: int) -> str:
    """A figure without the zeros at its end: so events tell entry and break-even prices."""
    return e8_text(amount_e8).rstrip("0").rstrip(".") if amount_e8 else ZERO


def one_decimal_e8(amount_e8: int) -> str:
    """The same with one decimal at least: so REST tells them, `0.0` of a flat position."""
    short = short_e8(amount_e8)
    return short if "." in short else f"{short}.0"


def bare_price(ticks: int, instrument: Instrument) -> str:
    return instrument.price_text(ticks) if ticks else ZERO


def bare_quantity(lots: int, instrument: Instrument) -> str:
    return instrument.quantity_text(lots) if lots else ZERO


def bare_value(amount_e8: int, instrument: Instrument) -> str:
    """A notional with the decimals of price and quantity together."""
    digits = instrument.value_precision
    return text_of(half_up(amount_e8 * 10**digits, E8), digits) if amount_e8 else ZERO


def average_text(filled_value: int, filled_lots: int, instrument: Instrument, unfilled: str) -> str:
    """The average price of what is filled (ticks x lots, lots); `unfilled` where nothing is."""
    if not filled_lots:
        return unfilled
    digits = instrument.value_precision
    return text_of(half_up(filled_value * instrument.tick_e8 * 10**digits, filled_lots * E8), digits)


def transaction_id(income_id: int) -> int:
    """A movement of money as income and the history of transfers name it: the venue's ids have 18 and 19 digits."""
    return FIRST_TRANSACTION + income_id
