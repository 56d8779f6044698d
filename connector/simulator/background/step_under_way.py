"""A step of the background that is being made, a few commands at a time, so that nobody waits for all of it.

What comes of it depends on the models alone, not on how it is cut: between two pieces no model hears of anything.
A state that is saved meanwhile holds what is done and what is left.
"""

from collections import deque
from dataclasses import dataclass, field

from connector.simulator.background.symbol_model import SIDES, Move, SymbolModel, Timed

#: Commands of which a piece is made. What happens at one moment is not cut, and may be more.
COMMANDS_A_PIECE = 16
#: Commands of a step after which no further symbol follows its script.
MOST_SCRIPTED = 150
#: Why it is a symbol's turn: its script moves the price within its step, or without one; it is due; it follows another.
SCRIPTED, REQUOTED, DUE, LED = range(4)
#: Whose turn it is, the factor of its price (None: as it is), and why.
Turn = tuple[str, float | None, int]


@dataclass(slots=True, eq=False)
class StepUnderWay:
    """`turns` are those that are left; `leaders` says whom a symbol that is led follows."""

    models: dict[str, SymbolModel]
    leaders: dict[str, str]
    turns: deque[Turn]
    #: The commands of the symbols whose turn is over.
    parts: dict[str, list[Timed]] = field(default_factory=dict)
    #: How many moves have to wait for a later step, as the commands for them were spent.
    deferred_moves: int = 0
    spent: int = 0
    #: How many parts of the present turn are over, and the leader's moves that are still to be followed in it.
    parts_over: int = 0
    led: deque[Move] = field(default_factory=deque)
    #: All commands by time, when there are no turns left, and how many of them entered the hash.
    commands: list[Timed] = field(default_factory=list)
    counted: int = 0

    def go_on(self) -> None:
        """Makes some more commands; puts all of them into their order when these were the last."""
        made = 0
        while self.turns and made < COMMANDS_A_PIECE:
            symbol, _, _ = turn = self.turns[0]
            if not self.parts_over and self._is_left_out(turn):
                self.turns.popleft()
                continue
            model = self.models[symbol]
            before = model.made
            is_over = self._is_over_after_a_part(model, turn)
            made += model.made - before
            if is_over:
                self._end_turn(model, turn)
        if not self.turns:
            self.commands = self._in_order()

    def _is_left_out(self, turn: Turn) -> bool:
        symbol, _, why = turn
        if why in (SCRIPTED, REQUOTED):
            is_spent = self.spent >= MOST_SCRIPTED
            self.deferred_moves += is_spent
            return is_spent
        return why == DUE and symbol in self.parts

    def _is_over_after_a_part(self, model: SymbolModel, turn: Turn) -> bool:
        """Does the next part of a turn: its beginning, each side's depth, and some of what happens."""
        symbol, factor, why = turn
        if why == REQUOTED:
            model.requote(model.factor if factor is None else factor)
            return True
        part, self.parts_over = self.parts_over, self.parts_over + 1
        if not part:
            model.begin(model.factor if factor is None else factor)
            leader = self.leaders[symbol] if why == LED else ""
            self.led = deque(self.models[leader].moves if leader in self.parts else ())
        elif model.is_deep and part <= len(SIDES):
            model.deepen(SIDES[part - 1])
        if model.is_deep and part <= len(SIDES):
            return False
        return not model.go_on(self.led, COMMANDS_A_PIECE)

    def _end_turn(self, model: SymbolModel, turn: Turn) -> None:
        symbol, _, why = turn
        self.parts[symbol] = model.taken()
        self.spent += len(self.parts[symbol]) if why in (SCRIPTED, REQUOTED) else 0
        self.parts_over = 0
        self.turns.popleft()

    def _in_order(self) -> list[Timed]:
        """By time; at the same time as they are listed, and those that follow others after them."""
        symbols = [symbol for symbol in self.models if symbol in self.parts and symbol not in self.leaders]
        commands = [timed for symbol in (*symbols, *self.leaders) for timed in self.parts[symbol]]
        commands.sort(key=lambda timed: timed[0])
        return commands
