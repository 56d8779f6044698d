"""A position and its exact cost: what opening adds, what closing realises, what is left over in rounding."""

from dataclasses import dataclass

from connector.core.value_objects import value_object
from connector.simulator.fixed_point import E8, half_up
from connector.simulator.market.instruments import Instrument


@value_object
class Realised:
    """What a fill realised."""

    #: What goes to the wallet.
    booked_e8: int
    #: What the rounding kept or gave.
    dust_e16: int
    #: Those that closed nothing.
    opened_lots: int
    #: The share of what was posted for it that closing gave back.
    returned_e8: int = 0


@dataclass(slots=True, eq=False)
class Position:
    """What is held of one symbol and position side."""

    instrument: Instrument
    position_side: str
    #: Signed.
    lots: int = 0
    #: Lots x entry price, with the sign of the lots.
    cost_e16: int = 0
    #: What opening and holding the present lots cost, fees and funding: it moves the break-even price alone.
    fees_e8: int = 0
    #: The margin posted for it alone, a part of the wallet; 0 in cross mode.
    isolated_e8: int = 0
    realised_e8: int = 0
    updated_ms: int = 0

    def trade(self, side: int, lots: int, ticks: int) -> Realised:
        """Applies a fill: closes first, then opens with what is left ("Realised profit": closed lots alone)."""
        closed = min(lots, abs(self.lots)) if self.lots * side < 0 else 0
        opened = lots - closed
        posted_e8 = self.isolated_e8
        booked_e8, dust_e16 = self._close(closed, ticks) if closed else (0, 0)
        self.lots += side * opened
        self.cost_e16 += side * self.instrument.value_e16(ticks, opened)
        self.realised_e8 += booked_e8
        return Realised(booked_e8, dust_e16, opened, posted_e8 - self.isolated_e8)

    def _close(self, lots: int, ticks: int) -> tuple[int, int]:
        held = abs(self.lots)
        sign = 1 if self.lots > 0 else -1
        released_e16 = half_up(self.cost_e16 * lots, held)
        gained_e16 = sign * self.instrument.value_e16(ticks, lots) - released_e16
        booked_e8 = half_up(gained_e16, E8)
        self.fees_e8 -= half_up(self.fees_e8 * lots, held)
        self.isolated_e8 -= half_up(self.isolated_e8 * lots, held)
        self.cost_e16 -= released_e16
        self.lots -= sign * lots
        return booked_e8, gained_e16 - booked_e8 * E8

    def entry_e8(self) -> int:
        """The average price of what is held, 0 when flat."""
        return half_up(self.cost_e16, self.lots * self.instrument.lot_e8) if self.lots else 0

    def break_even_e8(self) -> int:
        """The price at which closing leaves neither gain nor loss, what was paid since opening considered."""
        if not self.lots:
            return 0
        return half_up(self.cost_e16 + self.fees_e8 * E8, self.lots * self.instrument.lot_e8)

    def value_e16(self, mark_e8: int) -> int:
        """Signed notional at the mark price."""
        return self.lots * self.instrument.lot_e8 * mark_e8

    def unrealised_e16(self, mark_e8: int) -> int:
        return self.value_e16(mark_e8) - self.cost_e16

    def unrealised_e8(self, mark_e8: int) -> int:
        return half_up(self.unrealised_e16(mark_e8), E8)

    def notional_e8(self, mark_e8: int) -> int:
        """Signed notional, rounded as shown."""
        return half_up(self.value_e16(mark_e8), E8)
