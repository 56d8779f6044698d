"""One symbol's makers and takers, by seed and time alone: they never look at the book, at orders or at accounts.

    fair price   jumps of heavy-tailed size, most of them after takers who knew (`fair_price.py`)
    makers       on each side one order at the best price, up to one within the four ticks behind it, up to two within
                 the fifteen behind those, thirty far out (`slots.py`) or as many as the instrument says
                 (`deep_ladder.py`); cancelled and posted anew at random times, and at once where the fair price
                 leaves them behind or takers ate them
    takers       market orders of heavy-tailed size in bursts (`taker_flow.py`)

The makers keep count of what the model's own takers ate. What others eat, or leave standing in the way, they learn
when their cancel is refused, or when their post trades.
"""

import math
import random
from collections import deque
from collections.abc import Sequence
from decimal import Decimal

from connector.core.value_objects import value_object
from connector.simulator.background import flow_model as flow
from connector.simulator.background.deep_ladder import DeepLadder, Rung
from connector.simulator.background.fair_price import FairPrice
from connector.simulator.background.slots import (
    FAR,
    FAR_NEAREST_TICKS,
    FAR_TOO_FAR,
    INNER,
    NEAR,
    OUTER,
    OUTER_TOO,
    TOP,
    Slots,
    far_ticks,
)
from connector.simulator.background.taker_flow import TakerFlow
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.orders import BUY, LIMIT, MARKET, SELL, OrderRequest

STEP_MS = 50
SIDES = (BUY, SELL)
MAKERS, TAKERS = 2, 2

#: A contract slower than this is quoted thinly: of so many far rungs there is one.
THIN_ABOVE, THIN = 12, 6
#: How often makers renew a slot, and which one.
RENEWALS_A_SECOND = 26.0
RENEWED, RENEWED_WEIGHTS = (TOP, INNER, OUTER, FAR.start), (0.5, 0.12, 0.14, 0.24)
#: Mean time until a best level that was eaten stands again.
REFILL_MS = 2.0


@value_object
class Post:
    """An order of one of the background's own accounts."""

    #: Counts them: makers first, then takers.
    account: int
    request: OrderRequest


@value_object
class Withdraw:
    """Cancel of one of the background's own orders; it may be gone already."""

    account: int
    symbol: str
    client_order_id: str


Command = Post | Withdraw
#: A command and when it is due, in ms since the step began.
Timed = tuple[int, Command]
#: When in a step a fair price moved, in ms since it began, and to what.
Move = tuple[float, float]


class SymbolModel:
    """Everything that a symbol's background market does, fifty milliseconds at a time.

    A contract whose instrument says so lives more slowly: its milliseconds are `background_every` of ours. Where it
    is asked in one of so many steps only, `turns` says so.
    """

    def __init__(self, seed: int, instrument: Instrument, turns: int = 1, *, is_led: bool = False) -> None:
        self._random = random.Random(f"{seed} {instrument.symbol}")
        self._instrument = instrument
        self._tick, self._step = float(instrument.tick), float(instrument.step)
        self._fair = FairPrice(self._random, float(instrument.start_price))
        self._takers = TakerFlow(self._random, 0.0 if is_led else flow.INFORMED)
        self._is_led = is_led
        self._deep = DeepLadder(self._random, instrument.background_levels)
        thin = THIN if instrument.background_every > THIN_ABOVE else 1
        self._places = Slots(self._random, thin)
        self._is_deep = instrument.background_levels > 0
        self._slots = NEAR if self._is_deep else (*NEAR, *FAR[::thin])
        self._every = instrument.background_every / turns
        self._lots_of_one = flow.AMOUNTS_AT_PRICE / self._fair.value / self._step
        self._least_notional = float(instrument.min_notional)
        self._posted = 0
        self._turn = 0
        self._rungs: dict[tuple[int, int], Rung] = {}
        self._eaten: dict[int, float] = {}
        self._best = {BUY: 0, SELL: 0}
        self._now_ms = self._began_ms = 0.0
        self._trade_ms = self._renewal_ms = self._jump_ms = 0.0
        self._commands: list[Timed] = []
        #: Where the fair price went in the last step.
        self.moves: list[Move] = []

    def step(self, factor: float = 1.0, led: Sequence[Move] = ()) -> list[Timed]:
        """The commands of the next step, in order; all ladders in the first one. `factor` scales the fair price.

        `led` are the moves, in the same step, of the contract that leads this one.
        """
        self.begin(factor)
        for side in SIDES if self._is_deep else ():
            self.deepen(side)
        self.go_on(deque(led))
        return self.taken()

    def begin(self, factor: float) -> None:
        """The first part of a step: the price goes where a script has it. Its sides `deepen` next, if it `is_deep`."""
        self.moves = []
        if not self._rungs:
            self._jump_ms = math.inf if self._is_led else self._wait_ms(flow.JUMPS_A_SECOND)
            self._move()
        self._fair.wander()
        self._scale(factor)

    def deepen(self, side: int) -> None:
        """Far behind the best price so much of a side is put right in each step."""
        self._take_off(self._deep.trim(side))
        for ticks in self._deep.missing(side, self._best[side]):
            self._post_deep(side, ticks)

    def go_on(self, led: deque[Move], most: float = math.inf) -> bool:
        """The last part of a step: what happens, until that made `most` commands or more; whether some is left.

        Of `led` the moves that were followed are taken out.
        """
        end_ms, enough = self._began_ms + STEP_MS / self._every, len(self._commands) + most
        while (due_ms := self._next_ms(led)) < end_ms:
            if len(self._commands) >= enough:
                return True
            self._now_ms = max(due_ms, self._began_ms)
            if led and self._led_ms(led) <= due_ms:
                self._follow(led.popleft()[1])
            else:
                self._happen()
        self._now_ms = self._began_ms = end_ms
        return False

    def taken(self) -> list[Timed]:
        """The commands that were made and not taken yet."""
        commands, self._commands = self._commands, []
        return commands

    def requote(self, factor: float) -> None:
        """In a step's place: moves the quotes to a price of that factor at once; nothing else happens meanwhile."""
        self.moves = []
        self._scale(factor)

    @property
    def instrument(self) -> Instrument:
        return self._instrument

    @property
    def factor(self) -> float:
        """By how much a script has moved the price that is quoted."""
        return self._fair.factor

    @property
    def is_deep(self) -> bool:
        """Whether its sides are to `deepen`."""
        return self._is_deep

    @property
    def made(self) -> int:
        """How many commands wait to be taken."""
        return len(self._commands)

    def index_e8(self) -> int:
        """Where the index stands."""
        return self._fair.index_e8()

    def _led_ms(self, led: deque[Move]) -> float:
        return self._began_ms + led[0][0] / self._every

    def _scale(self, factor: float) -> None:
        if self._fair.scale(factor):
            self._move()

    def _next_ms(self, led: deque[Move]) -> float:
        soonest = min(self._trade_ms, self._renewal_ms, self._jump_ms, self._led_ms(led) if led else math.inf)
        return min(soonest, *self._eaten.values()) if self._eaten else soonest

    def _happen(self) -> None:
        """Does what is due now: makers come back before takers, so that these find something to take."""
        now_ms = self._now_ms
        for side in [side for side, due_ms in self._eaten.items() if due_ms <= now_ms]:
            del self._eaten[side]
            self._renew(side, TOP)
        if self._jump_ms <= now_ms:
            self._jump(BUY if self._random.random() < 0.5 else SELL, self._random.random())
            self._jump_ms = now_ms + self._wait_ms(flow.JUMPS_A_SECOND)
        if self._renewal_ms <= now_ms:
            self._renew_some()
            self._renewal_ms = now_ms + self._wait_ms(RENEWALS_A_SECOND)
        if self._trade_ms <= now_ms:
            self._take()
            takers = self._takers
            if takers.is_last and takers.knows is not None:
                self._jump(takers.side, takers.knows, flow.AGAINST_LEAN if takers.is_surprise else flow.ALONG_LEAN)
            self._trade_ms = now_ms + takers.next_gap_ms()

    def _wait_ms(self, a_second: float) -> float:
        return self._random.expovariate(a_second) * 1000

    def _jump(self, towards: int, rank: float, times: float = 1.0) -> None:
        """The fair price moves as far as the share `rank` of all jumps do at most, so many times."""
        draw = self._random.random
        self._fair.jump(towards * times * flow.JUMP_SHARE.at(rank))
        wide = 1 + int(draw() * flow.WIDE_TICKS) if draw() < flow.WIDE_AFTER_JUMP else 0
        self._move(wide_side=-towards, wide_ticks=wide)

    def _follow(self, leader: float) -> None:
        """Makers go after the contract that this one follows; sometimes takers who saw it move are there first."""
        before = self._fair.value
        self._fair.follow(leader)
        if self._random.random() < flow.FIRST_TO_SEE:
            self._takers.come(BUY if self._fair.value > before else SELL)
            self._take()
            while not self._takers.is_last:
                self._takers.next_gap_ms()
                self._take()
        self._move()

    def _move(self, wide_side: int = BUY, wide_ticks: int = 0) -> None:
        """Makers go after the fair price, and whoever follows it hears."""
        self.moves.append(((self._now_ms - self._began_ms) * self._every, self._fair.value))
        self._requote(wide_side, wide_ticks)

    def _requote(self, wide_side: int = BUY, wide_ticks: int = 0) -> None:
        """Moves every rung that the fair price left behind: near ones first, those of the side in the way foremost."""
        bid = int(self._fair.value / self._tick)
        before, self._best = self._best, {BUY: bid, SELL: bid + 1}
        if self._best == before:
            return
        in_the_way = SELL if bid > before[BUY] else BUY
        self._best[wide_side] -= wide_side * wide_ticks
        stale = [
            (side, slot) for side in (in_the_way, -in_the_way) for slot in self._slots if self._is_stale(side, slot)
        ]
        for side, slot in stale:
            self._withdraw(side, slot)
        if self._is_deep:
            self._take_off(self._deep.withdraw(in_the_way, self._best[in_the_way]))
        for side, slot in reversed(stale):
            self._post(side, slot)
        self._best = {BUY: bid, SELL: bid + 1}
        self._eaten.clear()

    def _is_stale(self, side: int, slot: int) -> bool:
        rung = self._rungs.get((side, slot))
        if rung is None or slot in NEAR:
            return True
        behind = side * (self._best[side] - rung.ticks)
        return not FAR_NEAREST_TICKS <= behind <= FAR_TOO_FAR * far_ticks(slot, self._fair.value / self._tick)

    def _renew_some(self) -> None:
        side = BUY if self._random.random() < 0.5 else SELL
        (slot,) = self._random.choices(RENEWED, RENEWED_WEIGHTS)
        if slot == FAR.start and self._is_deep:
            ticks = self._deep.any_ticks(side)
            if ticks is not None:
                self._take_off([self._deep.drop(side, ticks)])
                self._post_deep(side, ticks)
            return
        if slot == FAR.start:
            self._turn = (self._turn + 1) % (len(self._slots) - len(NEAR))
            slot = self._slots[len(NEAR) + self._turn]
        self._renew(side, slot)
        if slot == OUTER:
            self._renew(side, OUTER_TOO)

    def _renew(self, side: int, slot: int) -> None:
        self._withdraw(side, slot)
        self._post(side, slot)

    def _withdraw(self, side: int, slot: int) -> None:
        rung = self._rungs.pop((side, slot), None)
        if rung is not None:
            self._take_off([rung])

    def _take_off(self, rungs: list[Rung]) -> None:
        for rung in rungs:
            self._emit(Withdraw(rung.owner, self._instrument.symbol, rung.name))

    def _post_deep(self, side: int, ticks: int) -> None:
        wanted = round(self._deep.amount() * self._lots_of_one)
        lots = self._placeable(wanted, ticks, self._instrument.max_quantity)
        self._deep.add(side, self._posted_at(side, ticks, lots))

    def _post(self, side: int, slot: int) -> None:
        behind, amount = self._places.placed(side, slot, self._fair.value / self._tick)
        lots = round(amount * self._lots_of_one)
        if not lots and slot != TOP:
            return
        ticks = self._best[side] - side * behind
        lots = self._placeable(lots, ticks, self._instrument.max_quantity)
        self._rungs[side, slot] = self._posted_at(side, ticks, lots)

    def _posted_at(self, side: int, ticks: int, lots: int) -> Rung:
        """Posts a maker's order."""
        self._posted += 1
        rung = Rung(self._posted % MAKERS, f"bg-{self._posted}", ticks, lots)
        self._emit(Post(rung.owner, self._request(side, LIMIT, lots, ticks, rung.name)))
        return rung

    def _take(self) -> None:
        amount = flow.TRADE_SIZE.at(self._random.random())
        side, row = self._takers.side, self._instrument
        most = min(row.max_quantity, row.market_max_quantity)
        lots = self._placeable(round(amount * self._lots_of_one), self._best[-side], most)
        self._posted += 1
        owner = MAKERS + self._posted % TAKERS
        self._emit(Post(owner, self._request(side, MARKET, lots, None, f"bg-{self._posted}")))
        self._eat(-side, lots)

    def _eat(self, side: int, lots: int) -> None:
        """Takes what a taker ate off the rungs, the best priced first."""
        while lots > 0:
            slot = self._first_slot(side)
            rung = self._deep.first(side) if slot is None else self._rungs[side, slot]
            if rung is None:
                return
            if rung.lots > lots:
                rung.lots -= lots
                return
            lots -= rung.lots
            if slot is None:
                self._deep.drop_first(side)
                continue
            del self._rungs[side, slot]
            if slot == TOP:
                self._eaten[side] = self._now_ms + self._random.expovariate(1 / REFILL_MS)

    def _first_slot(self, side: int) -> int | None:
        """The slot whose order trades next; None where one of the deep ladder does, or none stands."""
        if (side, TOP) in self._rungs:
            return TOP
        slots = [slot for one, slot in self._rungs if one == side]
        if not slots:
            return None
        best = max(slots, key=lambda slot: side * self._rungs[side, slot].ticks)
        deep = self._deep.first(side)
        return None if deep is not None and side * deep.ticks > side * self._rungs[side, best].ticks else best

    def _placeable(self, lots: int, ticks: int, most: Decimal) -> int:
        """The lots nearest to `lots` that MIN_NOTIONAL and a lot filter's `most` let pass."""
        least = max(self._instrument.least_lots, math.ceil(self._least_notional / (ticks * self._tick * self._step)))
        return max(least, min(lots, int(most / self._instrument.step)))

    def _emit(self, command: Command) -> None:
        self._commands.append((int((self._now_ms - self._began_ms) * self._every), command))

    def _request(self, side: int, kind: str, lots: int, ticks: int | None, name: str) -> OrderRequest:
        row = self._instrument
        return OrderRequest(
            symbol=row.symbol,
            side=side,
            kind=kind,
            quantity=lots * row.step,
            price=None if ticks is None else ticks * row.tick,
            client_order_id=name,
        )
