"""What is traded: a row for each contract with its filters, and the way between texts, ticks and lots.

Inside the exchange a price is a whole number of ticks and a quantity a whole number of lots, so that a book
never compares decimals. BTCUSDT carries the live filters of "Exchange information" as of 2026-11.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from connector.simulator.fixed_point import E8, text_of, to_e8
from connector.simulator.market.orders import TIMES_IN_FORCE

#: Of a contract that is announced and not open yet.
PENDING_TRADING = "PENDING_TRADING"
PERPETUAL, TRADIFI_PERPETUAL = "PERPETUAL", "TRADIFI_PERPETUAL"
#: What continuous contracts are asked by.
CONTRACT_TYPES = (PERPETUAL, "CURRENT_QUARTER", "NEXT_QUARTER", TRADIFI_PERPETUAL)
#: Delivery date of perpetual contracts.
NEVER_MS = 4_133_404_800_000


@dataclass(frozen=True, slots=True)
class Bracket:
    """What notional (USDT) in (floor, cap] may use at most, and needs at least."""

    number: int
    #: The most.
    leverage: int
    floor: int
    cap: int
    rate_e8: int
    #: Makes maintenance continuous.
    cum_e8: int


def brackets_of(rows: tuple[tuple[int, int, str], ...]) -> tuple[Bracket, ...]:
    """Brackets from (leverage, cap, maintenance rate), cum by "Leverage and margin": the sum of the steps."""
    built: list[Bracket] = []
    floor = cum_e8 = rate_before = 0
    for number, (leverage, cap, rate) in enumerate(rows, 1):
        rate_e8 = to_e8(Decimal(rate))
        cum_e8 += floor * (rate_e8 - rate_before)
        built.append(Bracket(number, leverage, floor, cap, rate_e8, cum_e8))
        floor, rate_before = cap, rate_e8
    return tuple(built)


def scaled(brackets: tuple[Bracket, ...], share: Decimal) -> tuple[Bracket, ...]:
    """The same brackets with caps of `share` times theirs."""
    rates = (str(Decimal(row.rate_e8).scaleb(-8)) for row in brackets)
    return brackets_of(
        tuple((row.leverage, int(row.cap * share), rate) for row, rate in zip(brackets, rates, strict=True))
    )


@dataclass(frozen=True, slots=True)
class Instrument:
    """One contract: a perpetual one, or one that is delivered at its date."""

    symbol: str
    #: Quantities are in it.
    base: str
    #: Prices and margin are in it.
    quote: str
    tick: Decimal
    step: Decimal
    price_precision: int
    quantity_precision: int
    min_price: Decimal
    max_price: Decimal
    max_quantity: Decimal
    market_max_quantity: Decimal
    min_notional: Decimal
    start_price: Decimal
    brackets: tuple[Bracket, ...]
    onboard_ms: int
    percent_up: Decimal = Decimal("1.0500")
    percent_down: Decimal = Decimal("0.9500")
    market_take_bound: Decimal = Decimal("0.05")
    max_orders: int = 200
    trigger_protect: Decimal = Decimal("0.0500")
    max_amendments: int = 10_000
    takes_rpi: bool = True
    contract_type: str = PERPETUAL
    underlying_type: str = "COIN"
    underlying_sub_types: tuple[str, ...] = ()
    #: Base assets and weights where the underlying is an index of several.
    components: tuple[tuple[str, Decimal], ...] = ()
    #: The background acts for it in one of so many of its steps.
    background_every: int = 1
    #: So many price levels the background keeps on each side far behind the best; 0: thirty orders spread wide.
    background_levels: int = 0
    #: That of a listing's beginning.
    first_status: str = "TRADING"
    #: That of its POSITION_RISK_CONTROL filter at a listing's beginning.
    first_control_side: str = "NONE"
    #: What its makers and its takers pay, as shares of the notional (1e-8): 0.0200 % and 0.0500 %.
    maker_fee_e8: int = 20_000
    taker_fee_e8: int = 50_000
    #: The contract of the same base whose price the background follows here; empty: it has one of its own.
    follows: str = ""
    #: The least of LOT_SIZE and of MARKET_LOT_SIZE; 0 is one step.
    min_quantity: Decimal = Decimal(0)
    market_min_quantity: Decimal = Decimal(0)
    #: Charged on liquidated notional, for the insurance fund.
    liquidation_fee: Decimal = Decimal("0.012500")
    times_in_force: tuple[str, ...] = TIMES_IN_FORCE
    delivery_ms: int = NEVER_MS
    #: What a contract with a date belongs to; empty for a perpetual one.
    dated_pair: str = ""
    #: What exchangeInfo tells beside all this and nothing here goes by: names, and values as JSON.
    told: tuple[tuple[str, str], ...] = ()
    tick_e8: int = field(init=False)
    lot_e8: int = field(init=False)
    _price_digit: int = field(init=False)
    _quantity_digit: int = field(init=False)

    def __post_init__(self) -> None:
        """Works out once what every trade multiplies by."""
        derived = {
            "tick_e8": to_e8(self.tick),
            "lot_e8": to_e8(self.step),
            "_price_digit": int(self.tick.scaleb(self.price_precision)),
            "_quantity_digit": int(self.step.scaleb(self.quantity_precision)),
        }
        for name, number in derived.items():
            object.__setattr__(self, name, number)

    @property
    def pair(self) -> str:
        """What continuous contracts and index prices are asked by: a perpetual's is its symbol."""
        return self.dated_pair or self.symbol

    @property
    def is_dated(self) -> bool:
        """Whether it is delivered at a date, and pays no funding until then."""
        return bool(self.dated_pair)

    @property
    def least_lots(self) -> int:
        """The fewest lots that both lot filters let pass."""
        return int(max(self.min_quantity, self.market_min_quantity, self.step) / self.step)

    @property
    def value_precision(self) -> int:
        """How many decimals a price x quantity has."""
        return self.price_precision + self.quantity_precision

    @property
    def max_leverage(self) -> int:
        return self.brackets[0].leverage

    def ticks_of(self, price: Decimal) -> int:
        """`price` in ticks; what lies between two ticks goes down (the tick filter refuses it before)."""
        return int(price / self.tick)

    def lots_of(self, quantity: Decimal) -> int:
        """`quantity` in lots; what lies between two lots goes down (the step filter refuses it before)."""
        return int(quantity / self.step)

    def price_text(self, ticks: int) -> str:
        return text_of(ticks * self._price_digit, self.price_precision)

    def quantity_text(self, lots: int) -> str:
        return text_of(lots * self._quantity_digit, self.quantity_precision)

    def value_text(self, value: int) -> str:
        """A sum of ticks x lots in `quote`, exact."""
        return text_of(value * self._price_digit * self._quantity_digit, self.value_precision)

    def value_e16(self, ticks: int, lots: int) -> int:
        """Price x quantity, exact."""
        return ticks * self.tick_e8 * lots * self.lot_e8

    def cap_at(self, leverage: int) -> int:
        """The largest notional (USDT) that a position may have at `leverage`, or at the most where that is higher."""
        caps = (row.cap for row in reversed(self.brackets) if row.leverage >= leverage)
        return next(caps, self.brackets[0].cap)

    def bracket_of(self, notional_e8: int) -> Bracket:
        """The bracket with floor < notional <= cap, the last one beyond all caps."""
        return next((row for row in self.brackets if notional_e8 <= row.cap * E8), self.brackets[-1])
