"""What an hour at the venue looks like, in small tables: how big trades are, when they come, how deep the book is.

Fitted to 345 s of BTCUSDT recorded at the venue on 2024-08-08 at about 61,700 USDT (62 trades a second), so that
the market made from them stays within a two-sample Kolmogorov-Smirnov distance of 0.1 of that recording in spread,
depth, trade size, time between trades and adverse selection: `scripts/bench market-model` prints it.

Sides and jumps were fitted over twenty seeds, never one: the correlation of the sides of groups of trades gives the
lean (recorded 0.24, 0.12 and 0.05 with the next, the tenth and the fiftieth group); of the recorded movement 92 % falls
within 3 ms of a trade, so all but a few jumps have a group of takers before them; their share, sizes and jumps are such
that the distribution of the mid's drift 1 s after a trade at the touch, its means after 1, 5 and 30 s (recorded 33, 38
and 35 ticks) and the variance of the mid per second (recorded 6,000 ticks²) come out together.
"""

from bisect import bisect_left
from dataclasses import dataclass, field

#: The price at which amounts below are BTC; another contract gets the same notional.
AMOUNTS_AT_PRICE = 60_000


@dataclass(frozen=True, slots=True)
class Quantiles:
    """A distribution by (share of all, value up to which they lie), straight between the rows."""

    rows: tuple[tuple[float, float], ...]
    _shares: tuple[float, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_shares", tuple(share for share, _ in self.rows))

    def at(self, share: float) -> float:
        """The value that `share` (0 to 1) of all do not exceed."""
        right = max(1, bisect_left(self._shares, share))
        (low, start), (high, end) = self.rows[right - 1], self.rows[right]
        return start + (end - start) * (share - low) / (high - low)


#: BTC of one trade: many of the smallest, and a tail without an end.
TRADE_SIZE = Quantiles((
    (0.0, 0.0006), (0.011, 0.0014), (0.221, 0.0024), (0.281, 0.0034), (0.317, 0.0044), (0.372, 0.0064),
    (0.44, 0.0104), (0.5, 0.0164), (0.582, 0.0254), (0.66, 0.04), (0.708, 0.06), (0.79, 0.1), (0.846, 0.15),
    (0.895, 0.25), (0.937, 0.4), (0.973, 0.7), (0.987, 1.0), (0.995, 2.0), (0.999, 5.0), (1.0, 40.0),
))  # fmt: skip

#: Milliseconds between two trades: three of four come together, as one order sweeps what waits.
TRADE_GAP_MS = Quantiles((
    (0.0, 0.0), (0.7532, 0.999), (0.7913, 1.999), (0.8029, 2.999), (0.8214, 6.0), (0.8394, 11.0), (0.8632, 21.0),
    (0.8791, 31.0), (0.9056, 51.0), (0.9332, 81.0), (0.9461, 101.0), (0.9675, 151.0), (0.9794, 201.0),
    (0.9922, 301.0), (0.9986, 501.0), (1.0, 1200.0),
))  # fmt: skip

#: BTC that wait at the best price, at the four ticks behind it together, and at the fifteen behind those.
TOP_AMOUNT = Quantiles((
    (0.0, 0.002), (0.02, 0.04), (0.05, 0.141), (0.1, 0.392), (0.15, 0.73), (0.2, 1.003), (0.25, 1.327),
    (0.3, 1.745), (0.35, 2.171), (0.4, 2.525), (0.5, 3.119), (0.6, 3.621), (0.7, 4.272), (0.8, 5.288),
    (0.9, 7.071), (0.95, 9.787), (0.98, 12.3), (0.99, 17.9), (1.0, 30.0),
))  # fmt: skip
INNER_AMOUNT = Quantiles((
    (0.0, 0.0), (0.53, 0.0), (0.55, 0.002), (0.65, 0.012), (0.7, 0.03), (0.75, 0.1), (0.8, 0.162), (0.85, 0.4),
    (0.9, 0.892), (0.95, 1.923), (0.98, 8.526), (1.0, 20.0),
))  # fmt: skip
OUTER_AMOUNT = Quantiles((
    (0.0, 0.0), (0.07, 0.0), (0.1, 0.002), (0.25, 0.008), (0.3, 0.028), (0.35, 0.065), (0.4, 0.104), (0.5, 0.176),
    (0.6, 0.333), (0.7, 0.591), (0.8, 1.005), (0.85, 1.649), (0.9, 3.233), (0.95, 5.841), (0.98, 17.147),
    (1.0, 30.0),
))  # fmt: skip

#: Far behind the best price: the share of all ticks that hold an order, and its BTC.
DEEP_SHARE = 0.61
DEEP_AMOUNT = Quantiles((
    (0.0, 0.001), (0.05, 0.002), (0.1, 0.003), (0.25, 0.009), (0.4, 0.029), (0.5, 0.07), (0.6, 0.13), (0.75, 0.3),
    (0.9, 0.86), (0.95, 1.3), (0.99, 3.4), (1.0, 18.0),
))  # fmt: skip

#: Share of all trades that come at the same millisecond as the one before.
SAME_TIME = 0.7532
#: A group of takers is on the side of the one before it with this chance, else on the leaning side with the next one.
SAME_SIDE, WITH_LEAN = 0.06, 0.72
#: Chance per group that the lean turns.
LEAN_TURNS = 1 / 56
#: Share of groups that know where the price goes, and how many trades each sort makes on average.
INFORMED, INFORMED_TRADES, PLAIN_TRADES = 0.075, 27.0, 1.75
#: Where a contract follows another, such a group is quicker than its makers with this chance.
FIRST_TO_SEE = 0.15

#: Size of a jump of the fair price, as a share of the price.
JUMP_SHARE = Quantiles((
    (0.0, 5.6e-6), (0.05, 1.3e-5), (0.1, 1.9e-5), (0.2, 2.9e-5), (0.3, 4e-5), (0.4, 4.9e-5), (0.5, 6.5e-5),
    (0.6, 8.1e-5), (0.7, 9.9e-5), (0.8, 1.25e-4), (0.9, 1.68e-4), (0.95, 2.13e-4), (0.98, 3.36e-4), (0.99, 5e-4),
    (1.0, 7.8e-4),
))  # fmt: skip
#: Takers against the lean surprise: they move the price more than those who go with it.
AGAINST_LEAN, ALONG_LEAN = 1.3, 0.88
#: Jumps that nobody traded on.
JUMPS_A_SECOND = 0.05
#: After a jump the spread is wider than one tick with this chance, until a maker closes it.
WIDE_AFTER_JUMP, WIDE_TICKS = 0.1, 12

#: A contract stands above its index by as much as eight hours of interest are, give or take; 1 / 6000 of what is more
#: or less is forgotten in a step, most of it in five minutes.
PREMIUM, PREMIUM_SPREAD, PULL = 1e-4, 2.5e-4, 1 / 6000
#: The same of what a quote asset other than USDT is worth, forgotten at each move of the price that is followed.
RATE_SPREAD, RATE_PULL = 1e-4, 1 / 300
