"""How figures are shown: prices in the pair's own decimals, money with its sign, what nobody knows as a dash."""

from decimal import Decimal

from connector.core.amounts import ZERO, plain

#: Of money in the margin asset.
_MONEY_PLACES = 4
#: What is less is what the exchange's rounding leaves.
_LEAST = Decimal("1e-6")
_UNKNOWN = "-"


def price_text(price: Decimal | None, tick_size: Decimal) -> str:
    """A price with as many decimals as the pair's tick has; DOGE's are not Bitcoin's."""
    if price is None or not price.is_finite():
        return _UNKNOWN
    return f"{price:,.{_places(tick_size)}f}"


def money(amount: Decimal) -> str:
    """An amount of money; what is too little for its decimals, with those that it has."""
    if not amount.is_finite():
        return _UNKNOWN
    shown = f"{amount:,.{_MONEY_PLACES}f}"
    if Decimal(shown.replace(",", "")) or not amount:
        return shown
    return plain(amount) if abs(amount) >= _LEAST else money(ZERO)


def signed(amount: Decimal) -> str:
    """The same with a plus for what was gained or received."""
    return f"+{money(amount)}" if amount >= _LEAST else money(amount)


def percent(fraction: Decimal) -> str:
    """A fraction in percent."""
    return f"{fraction * 100:,.2f} %" if fraction.is_finite() else _UNKNOWN


def duration(seconds: float) -> str:
    """Hours, minutes and seconds."""
    hours, rest = divmod(int(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"


def _places(tick_size: Decimal) -> int:
    exponent = tick_size.normalize().as_tuple().exponent if tick_size != ZERO else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0
