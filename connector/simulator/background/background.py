"""The background market of all symbols: by seed and step number alone, and by the price scripts it was told.

It never looks at the book, at orders or at accounts: what it does in step n is fixed by the seed, whatever others
do. Every command enters a running hash, so two runs can be compared; `fingerprint` is the hash of the first 1,000.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from connector.simulator.background.symbol_model import STEP_MS, Command, SymbolModel, Timed, Withdraw
from connector.simulator.fault_injection.price_scripts import PriceScript
from connector.simulator.market.instruments import PENDING_TRADING, Instrument

FINGERPRINT_OVER = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """What happens in one step, by ms since it began, and where the index stands after it (1e-8)."""

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
        self.commands = 0
        self.fingerprint = ""
        rows = [row for row in instruments if row.first_status != PENDING_TRADING]
        symbols = {row.symbol for row in rows}
        self._leaders = {row.symbol: row.follows for row in rows if row.follows in symbols}
        self._models = {row.symbol: SymbolModel(seed, row, is_led=row.symbol in self._leaders) for row in rows}
        self._scripts: dict[str, tuple[PriceScript, int]] = {}
        self._factors: dict[str, float] = {}
        self._planned = sorted(planned, key=lambda plan: plan[1])
        self._digest = bytes(32)

    @property
    def hash(self) -> str:
        """Of all commands so far, each hashed together with the hash before it."""
        return self._digest.hex()

    def begin(self, script: PriceScript, symbol: str) -> None:
        """Starts a price script from where the price stands; one that runs on that symbol ends where it is."""
        factor = self._factor(symbol)
        self._factors[symbol] = factor
        self._scripts[symbol] = (script, self.steps)

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
            if (self.steps - since) * STEP_MS < script.lasts_ms
        }

    def step(self) -> Step:
        """The next step's commands; they depend on the seed, the scripts, and on how many steps there were."""
        while self._planned and self._planned[0][1] <= self.steps * STEP_MS:
            script, _ = self._planned.pop(0)
            self.begin_everywhere(script)
        commands = [timed for symbol in self._models if symbol not in self._leaders for timed in self._stepped(symbol)]
        commands += [timed for symbol in self._leaders for timed in self._stepped(symbol)]
        commands.sort(key=lambda timed: timed[0])
        for timed in commands:
            self._count(timed)
        self.steps += 1
        return Step(commands, {symbol: model.index_e8() for symbol, model in self._models.items()})

    def _stepped(self, symbol: str) -> list[Timed]:
        leader = self._leaders.get(symbol)
        return self._models[symbol].step(self._factor(symbol), self._models[leader].moves if leader else ())

    def _factor(self, symbol: str) -> float:
        before = self._factors.get(symbol, 1.0)
        if symbol not in self._scripts:
            return before
        script, since = self._scripts[symbol]
        return before * script.factor_at((self.steps - since) * STEP_MS)

    def _count(self, timed: Timed) -> None:
        after_ms, command = timed
        line = f"{self.steps} {after_ms} {line_of(command)}\n"
        self._digest = hashlib.sha256(self._digest + line.encode()).digest()
        self.commands += 1
        if self.commands == FINGERPRINT_OVER:
            self.fingerprint = self.hash


def line_of(command: Command) -> str:
    """A command as one line of text, every figure of it."""
    if isinstance(command, Withdraw):
        return f"cancel {command.account} {command.symbol} {command.client_order_id}"
    ask = command.request
    price: Decimal | str = "market" if ask.price is None else ask.price
    return f"post {command.account} {ask.symbol} {ask.client_order_id} {ask.side} {ask.quantity} {price}"
