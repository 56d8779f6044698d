"""The background market of all symbols: by seed and step number alone, and by the price scripts it was told.

It never looks at the book, at orders or at accounts: what it does in step n is fixed by the seed, whatever others
do. Every command enters a running hash, so two runs can be compared; `fingerprint` is the hash of the first 1,000.

What a step costs is bounded, however many symbols there are and however fast a script moves them:

    slow contracts   live in turns, each in one of `TURNS` steps
    pieces           a step is made in some, a few commands each, between which others have their turn
    price scripts    move as many symbols a step as `MOST_SCRIPTED` commands allow, those first whose price is the
                     farthest behind, the busier the sooner; the others follow later, in one go
"""

import hashlib
import math
from collections import deque
from collections.abc import Iterable
from decimal import Decimal

from connector.core.value_objects import value_object
from connector.simulator.background.step_under_way import DUE, LED, REQUOTED, SCRIPTED, StepUnderWay, Turn
from connector.simulator.background.symbol_model import STEP_MS, THIN_ABOVE, Command, SymbolModel, Timed, Withdraw
from connector.simulator.fault_injection.price_scripts import PriceScript
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.listing import TRADING

FINGERPRINT_OVER = 1000
NO_SCRIPT = PriceScript("", ((0, 1.0),)), 0
#: Of how many steps a slow contract takes one.
TURNS = 20
#: Commands that enter the hash in one piece of a step.
COUNTED_A_PIECE = 64
#: How far a price that is behind goes at once (a share): the venue refuses what is 5 % beyond the mark.
MOST_MOVE = 0.035


@value_object
class Step:
    """What happens in one step, by ms since it began, and where the indices that moved stand after it (1e-8)."""

    commands: list[Timed]
    index_e8: dict[str, int]


class Background:
    """All symbols' models, stepped together, and the hash of everything they did.

    `planned` are price scripts that begin on every symbol, so many ms after the start.
    """

    def __init__(
        self, seed: int, instruments: Iterable[Instrument], planned: Iterable[tuple[PriceScript, int]] = ()
    ) -> None:
        self.seed = seed
        self.steps = 0
        #: Steps that never came, as the market was too late for them.
        self.skipped_steps = 0
        #: How often a symbol's move had to wait for a later step.
        self.deferred_moves = 0
        self.commands = 0
        self.fingerprint = ""
        rows = [row for row in instruments if row.first_status == TRADING]
        symbols = {row.symbol for row in rows}
        self._leaders = {row.symbol: row.follows for row in rows if row.follows in symbols}
        self._models = {
            row.symbol: SymbolModel(seed, row, _turns(row), is_led=row.symbol in self._leaders) for row in rows
        }
        self._scripts: dict[str, tuple[PriceScript, int]] = {}
        self._factors: dict[str, float] = {}
        self._planned = sorted(planned, key=lambda plan: plan[1])
        self._digest = bytes(32)
        self._under_way: StepUnderWay | None = None

    @property
    def hash(self) -> str:
        """Of all commands so far, each hashed together with the hash before it."""
        return self._digest.hex()

    def begin(self, script: PriceScript, symbol: str) -> None:
        """Starts a price script from where the price stands; one that runs on that symbol ends where it is."""
        factor = self._factor(symbol)
        self._factors[symbol] = factor
        self._scripts[symbol] = (script, self._time)

    def begin_everywhere(self, script: PriceScript) -> None:
        """Starts a price script on every symbol; those that follow another go with it."""
        for symbol in self._models:
            if symbol not in self._leaders:
                self.begin(script, symbol)

    def running(self) -> dict[str, str]:
        """The price scripts that are not over, by symbol."""
        return {
            symbol: script.name
            for symbol, (script, since) in self._scripts.items()
            if (self._time - since) * STEP_MS < script.lasts_ms
        }

    def skip(self, steps: int) -> None:
        """Lets so many steps pass without a command; price scripts go on meanwhile."""
        self.skipped_steps += steps

    def step(self) -> Step:
        """The next step's commands; they depend on the seed, the scripts, and on how many steps there were."""
        while (step := self.go_on()) is None:
            pass
        return step

    def go_on(self) -> Step | None:
        """`step` in pieces: None until the last one. A script that begins meanwhile begins with the step after it."""
        step = self._under_way = self._under_way or self._begun()
        if step.turns:
            step.go_on()
            return None
        for timed in step.commands[step.counted : step.counted + COUNTED_A_PIECE]:
            self._count(timed)
        step.counted += COUNTED_A_PIECE
        if step.counted < len(step.commands):
            return None
        self._under_way = None
        self.steps += 1
        self.deferred_moves += step.deferred_moves
        return Step(
            step.commands, {symbol: model.index_e8() for symbol, model in self._models.items() if symbol in step.parts}
        )

    def _begun(self) -> StepUnderWay:
        """Whose turn it is in the next step, and where scripts have the prices."""
        while self._planned and self._planned[0][1] <= self._time * STEP_MS:
            script, _ = self._planned.pop(0)
            self.begin_everywhere(script)
        due = {at: symbol for at, (symbol, model) in enumerate(self._models.items()) if self._is_due(at, model)}
        turns: deque[Turn] = deque(
            (symbol, factor, SCRIPTED if at in due else REQUOTED) for at, symbol, factor in self._behind()
        )
        turns.extend((symbol, None, DUE) for symbol in due.values() if symbol not in self._leaders)
        turns.extend((symbol, self._factor(symbol), LED) for symbol in self._leaders)
        return StepUnderWay(self._models, self._leaders, turns)

    @property
    def _time(self) -> int:
        """Steps since the start as price scripts count them, with the one that is under way."""
        return self.steps + self.skipped_steps + (self._under_way is not None)

    def _is_due(self, at: int, model: SymbolModel) -> bool:
        """Whether it is the turn of the symbol that is listed at that place; all of them begin with the first step."""
        return not self.steps or not (self.steps + at) % _turns(model.instrument)

    def _behind(self) -> list[tuple[int, str, float]]:
        """Place, name and next factor of the symbols whose price is not where their script has it."""
        found = []
        shares: dict[tuple[int, int], float] = {}
        for at, (symbol, model) in enumerate(self._models.items() if self._scripts else ()):
            if symbol in self._leaders:
                continue
            script, since = self._scripts.get(symbol, NO_SCRIPT)
            key = id(script), since
            if key not in shares:
                shares[key] = script.factor_at((self._time - since) * STEP_MS)
            factor = self._factors.get(symbol, 1.0) * shares[key]
            if factor != model.factor:
                way = math.log(factor / model.factor)
                if abs(way) > MOST_MOVE:
                    factor = model.factor * math.exp(math.copysign(MOST_MOVE, way))
                found.append((abs(way) * model.instrument.background_every**-0.75, at, symbol, factor))
        return [row[1:] for row in sorted(found, key=lambda row: -row[0])]

    def _factor(self, symbol: str) -> float:
        script, since = self._scripts.get(symbol, NO_SCRIPT)
        return self._factors.get(symbol, 1.0) * script.factor_at((self._time - since) * STEP_MS)

    def _count(self, timed: Timed) -> None:
        after_ms, command = timed
        line = f"{self.steps} {after_ms} {line_of(command)}\n"
        self._digest = hashlib.sha256(self._digest + line.encode()).digest()
        self.commands += 1
        if self.commands == FINGERPRINT_OVER:
            self.fingerprint = self.hash


def _turns(row: Instrument) -> int:
    """Who follows another contract hears of every step of it."""
    return TURNS if row.background_every > THIN_ABOVE and not row.follows else 1


def line_of(command: Command) -> str:
    """A command as one line of text, every figure of it."""
    if isinstance(command, Withdraw):
        return f"cancel {command.account} {command.symbol} {command.client_order_id}"
    ask = command.request
    price: Decimal | str = "market" if ask.price is None else ask.price
    return f"post {command.account} {ask.symbol} {ask.client_order_id} {ask.side} {ask.quantity} {price}"
