"""The background market: makers and takers around a moving fair price, by seed and step number alone.

It never looks at the book, at orders or at accounts: what it does in step n is fixed by the seed, whatever others
do. Every command enters a running hash, so two runs can be compared; `fingerprint` is the hash of the first 1,000.

    fair price   a random walk, some dollars a second
    makers       two ladders whose rungs are cancelled and posted again around the fair price, near ones oftener
    takers       market orders of heavy-tailed size at random times
    index        fair price less a slowly wandering basis, so that funding has something to say
"""

import hashlib
import random
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from connector.simulator.fixed_point import E8
from connector.simulator.instruments import PENDING_TRADING, Instrument
from connector.simulator.orders import BUY, LIMIT, MARKET, SELL, OrderRequest

STEP_MS = 50
FINGERPRINT_OVER = 1000

MAKERS, TAKERS = 2, 2
RUNGS, NEAR_RUNGS = 26, 7
NEAR_REFRESHED, FAR_REFRESHED = 3, 3
#: Standard deviation of the fair price in a step, as a share of the start price: about 4 USD/√s at 60,000.
STEP_SHARE = 4.0 / 60_000 / 20**0.5
#: A taker comes in a step with this chance; sizes are Pareto with this exponent.
TAKER_CHANCE, TAKER_TAIL = 0.2, 1.35
#: Notional (USDT) of the smallest taker, of the largest one, and of the nearest rung.
TAKER_LEAST, TAKER_MOST, RUNG = 3_000.0, 150_000.0, 1_800.0
BASIS_SPREAD, BASIS_PULL = 0.0012, 1 / 6000


@dataclass(frozen=True, slots=True)
class Post:
    """`account` counts the background's own accounts: makers first, then takers."""

    account: int
    request: OrderRequest


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Cancel of one of the background's own orders; it may be gone already."""

    account: int
    symbol: str
    client_order_id: str


Command = Post | Withdraw


@dataclass(frozen=True, slots=True)
class Step:
    """What happens in one step, and where the index stands after it (1e-8)."""

    commands: list[Command]
    index_e8: dict[str, int]


class SymbolModel:
    """One symbol's makers and takers."""

    def __init__(self, seed: int, instrument: Instrument) -> None:
        self._random = random.Random(f"{seed} {instrument.symbol}")
        self._instrument = instrument
        self._start = float(instrument.start_price)
        self._fair = self._start
        self._basis = self._random.gauss(0, BASIS_SPREAD)
        self._posted = 0
        self._turn = 0
        self._shift = sum(instrument.symbol.encode())
        self._rungs: dict[tuple[int, int], tuple[int, str]] = {}

    def acts(self, step: int) -> bool:
        """Whether it moves in that step: in the first one, then as often as its instrument says, not all together."""
        return not self._rungs or (step + self._shift) % self._instrument.background_every == 0

    def step(self) -> list[Command]:
        """The commands of the next step, all ladders in the first one."""
        self._fair += self._random.gauss(0, STEP_SHARE * self._start)
        pull = self._random.gauss(0, BASIS_SPREAD * (2 * BASIS_PULL) ** 0.5)
        self._basis += pull - BASIS_PULL * self._basis
        commands: list[Command] = []
        for side, rung in self._due() if self._rungs else self._all_rungs():
            commands += self._renew(side, rung)
        if self._random.random() < TAKER_CHANCE:
            commands.append(self._take())
        return commands

    def index_e8(self) -> int:
        return int(self._fair * (1 - self._basis) * E8)

    def _all_rungs(self) -> list[tuple[int, int]]:
        return [(side, rung) for rung in range(RUNGS) for side in (BUY, SELL)]

    def _due(self) -> list[tuple[int, int]]:
        """Some near rungs by chance, and the far ones in turn."""
        due = [(self._random.choice((BUY, SELL)), self._random.randrange(NEAR_RUNGS)) for _ in range(NEAR_REFRESHED)]
        for _ in range(FAR_REFRESHED):
            self._turn = (self._turn + 1) % (2 * RUNGS)
            due.append((BUY if self._turn % 2 else SELL, self._turn // 2))
        return due

    def _renew(self, side: int, rung: int) -> list[Command]:
        commands: list[Command] = []
        if (side, rung) in self._rungs:
            owner, before = self._rungs[side, rung]
            commands.append(Withdraw(owner, self._instrument.symbol, before))
        self._posted += 1
        owner, name = self._posted % MAKERS, f"bg-{self._posted}"
        self._rungs[side, rung] = (owner, name)
        share = (0.3 + 1.05 * rung * (1 + 0.07 * rung) + self._random.random() * 0.8) / 60_000
        price = self._fair - side * share * self._start
        notional = RUNG * (1 + 0.3 * rung + 0.06 * rung**2) * (0.5 + self._random.random())
        commands.append(Post(owner, self._request(side, LIMIT, notional, price, name)))
        return commands

    def _take(self) -> Post:
        self._posted += 1
        side = self._random.choice((BUY, SELL))
        notional = min(TAKER_MOST, TAKER_LEAST * self._random.paretovariate(TAKER_TAIL))
        owner = MAKERS + self._posted % TAKERS
        return Post(owner, self._request(side, MARKET, notional, None, f"bg-{self._posted}"))

    def _request(self, side: int, kind: str, notional: float, price: float | None, name: str) -> OrderRequest:
        row = self._instrument
        lots = max(1, int(notional / self._fair / float(row.step)))
        ticks = None if price is None else int(price / float(row.tick))
        return OrderRequest(
            symbol=row.symbol,
            side=side,
            kind=kind,
            quantity=lots * row.step,
            price=None if ticks is None else ticks * row.tick,
            client_order_id=name,
        )


class Background:
    """All symbols' models, stepped together, and the hash of everything they did."""

    def __init__(self, seed: int, instruments: Iterable[Instrument]) -> None:
        self.seed = seed
        self.steps = 0
        self.commands = 0
        self.fingerprint = ""
        self._models = {
            row.symbol: SymbolModel(seed, row) for row in instruments if row.first_status != PENDING_TRADING
        }
        self._hash = hashlib.sha256()

    @property
    def hash(self) -> str:
        """Of all commands so far."""
        return self._hash.hexdigest()

    def step(self) -> Step:
        """The next step's commands; they depend on the seed and on how many steps there were."""
        commands = [command for model in self._models.values() if model.acts(self.steps) for command in model.step()]
        for command in commands:
            self._count(command)
        self.steps += 1
        return Step(commands, {symbol: model.index_e8() for symbol, model in self._models.items()})

    def _count(self, command: Command) -> None:
        self._hash.update(f"{self.steps} {told(command)}\n".encode())
        self.commands += 1
        if self.commands == FINGERPRINT_OVER:
            self.fingerprint = self.hash


def told(command: Command) -> str:
    """A command as one line of text, every figure of it."""
    if isinstance(command, Withdraw):
        return f"cancel {command.account} {command.symbol} {command.client_order_id}"
    ask = command.request
    price: Decimal | str = "market" if ask.price is None else ask.price
    return f"post {command.account} {ask.symbol} {ask.client_order_id} {ask.side} {ask.quantity} {price}"
