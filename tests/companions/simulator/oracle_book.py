"""A plain exchange of one symbol to compare the fast one with: lists that are sorted and walked anew every time.

It shares no code with the exchange. Prices are ticks, quantities lots, sides +1 and -1; margin, fees and filters are
not its business. A command answers ("done", ...) or ("refused", code).
"""

import copy
from dataclasses import dataclass, field

Outcome = tuple[object, ...]


class Refused(Exception):
    def __init__(self, code: int) -> None:
        self.code = code


@dataclass
class Row:
    """An accepted order. `queued` is when it last joined the end of a queue, `serial` when it was accepted."""

    name: str
    owner: int
    side: int
    kind: str
    life: str
    ticks: int
    lots: int
    mode: str
    reduces: bool
    leg: str
    serial: int
    queued: int = 0
    filled: int = 0
    value: int = 0
    status: str = "NEW"
    reason: int = 0
    until: int = 0

    @property
    def left(self) -> int:
        return self.lots - self.filled

    @property
    def lives(self) -> bool:
        return self.status in ("NEW", "PARTIALLY_FILLED")


@dataclass
class Wish:
    """An order as it is asked for."""

    name: str
    owner: int
    side: int
    kind: str
    life: str
    ticks: int
    lots: int
    mode: str
    reduce_only: bool = False
    leg: str = "BOTH"
    until: int = 0


@dataclass
class OracleBook:
    """`app` are the accounts whose market orders meet hidden orders; their own orders are never trimmed."""

    app: frozenset[int]
    most: int = 200
    resting: list[Row] = field(default_factory=list)
    held: dict[tuple[int, str], int] = field(default_factory=dict)
    trades: list[tuple[str, str, int, int]] = field(default_factory=list)
    clock: int = 0

    def place(self, wish: Wish) -> Outcome:
        try:
            row = self._admitted(wish)
        except Refused as refused:
            return "refused", refused.code
        if row.life == "FOK":
            trial = copy.copy(self)
            trial.resting = [copy.copy(one) for one in self.resting]
            trial.held, trial.trades = dict(self.held), []
            taker = copy.copy(row)
            trial._take(taker)
            if taker.left:
                return "refused", -5021
        self._take(row)
        self._rest(row)
        return self._told(row)

    def cancel(self, owner: int, name: str) -> Outcome:
        row = self._open(owner, name)
        if row is None:
            return "refused", -2011
        self._end(row, "CANCELED", 0)
        return self._told(row)

    def amend(self, owner: int, name: str, side: int, ticks: int, lots: int) -> Outcome:
        row = self._open(owner, name)
        if row is None:
            return "refused", -2013
        if row.side != side:
            return "refused", -1117
        if row.reduces and lots > row.filled:
            try:
                lots = row.filled + self._covered(row, lots - row.filled)
            except Refused as refused:
                return "refused", refused.code
        if (ticks, lots) == (row.ticks, row.lots):
            return "refused", -5027
        if lots <= row.filled or (row.life in ("GTX", "RPI") and self._crosses(side, ticks)):
            self._end(row, "CANCELED", 0)
            return self._told(row)
        self.resting.remove(row)
        row.ticks, row.lots = ticks, lots
        self._take(row)
        self._rest(row)
        return self._told(row)

    def expire(self, now: int) -> None:
        for row in [row for row in self.resting if row.life == "GTD" and row.until <= now]:
            self._end(row, "EXPIRED", 0)

    def queue(self, side: int, *, hidden: bool) -> list[Row]:
        """The resting orders of a side as they would trade, public or hidden ones."""
        rows = [row for row in self.resting if row.side == side and (row.life == "RPI") == hidden]
        return sorted(rows, key=lambda row: (-side * row.ticks, row.queued))

    def _open(self, owner: int, name: str) -> Row | None:
        return next((row for row in self.resting if (row.owner, row.name) == (owner, name)), None)

    def _admitted(self, wish: Wish) -> Row:
        closing_leg = {("LONG", -1), ("SHORT", 1)}
        reduces = wish.reduce_only or (wish.leg, wish.side) in closing_leg
        self.clock += 1
        row = Row(
            wish.name, wish.owner, wish.side, wish.kind, wish.life, wish.ticks, wish.lots, wish.mode, reduces, wish.leg,
            serial=self.clock, until=wish.until,
        )  # fmt: skip
        if reduces:
            row.lots = self._covered(row, wish.lots)
        mine = [other for other in self.resting if other.owner == wish.owner]
        if len(mine) >= self.most and row.kind == "LIMIT" and row.life not in ("IOC", "FOK"):
            raise Refused(-2025)
        if row.life in ("GTX", "RPI") and self._crosses(row.side, row.ticks):
            raise Refused(-5022)
        return row

    def _covered(self, row: Row, lots: int) -> int:
        """How much of `lots` the position and the other orders that reduce it leave."""
        held = -row.side * self.held.get((row.owner, row.leg), 0)
        if held <= 0:
            raise Refused(-2022)
        for other in self.resting:
            if (
                other is not row
                and (other.owner, other.leg, other.side) == (row.owner, row.leg, row.side)
                and other.reduces
            ):
                held -= other.left
        if held <= 0:
            raise Refused(-4118)
        if row.leg != "BOTH" and lots > held:
            raise Refused(-2022)
        return min(lots, held)

    def _crosses(self, side: int, ticks: int) -> bool:
        return any(row.side == -side and row.life != "RPI" and side * row.ticks <= side * ticks for row in self.resting)

    def _take(self, row: Row) -> None:
        while row.lives and row.left:
            maker = self._counterparty(row)
            if maker is None:
                return
            if maker.owner == row.owner and row.mode != "NONE":
                if row.mode in ("EXPIRE_MAKER", "EXPIRE_BOTH"):
                    self._end(maker, "EXPIRED_IN_MATCH", 1)
                if row.mode in ("EXPIRE_TAKER", "EXPIRE_BOTH"):
                    self._end(row, "EXPIRED_IN_MATCH", 3 if row.life == "IOC" else 1)
                continue
            lots = min(row.left, maker.left)
            self.trades.append((maker.name, row.name, maker.ticks, lots))
            for one in (maker, row):
                one.filled += lots
                one.value += lots * maker.ticks
                one.status = "PARTIALLY_FILLED" if one.left else "FILLED"
                key = (one.owner, one.leg)
                self.held[key] = self.held.get(key, 0) + one.side * lots
            self.resting = [one for one in self.resting if one.left]
            for one in (maker, row):
                self._trim(one.owner, one.leg)

    def _counterparty(self, row: Row) -> Row | None:
        queue = self.queue(-row.side, hidden=False)
        if row.kind == "MARKET" and row.owner in self.app:
            queue = sorted(queue + self.queue(-row.side, hidden=True), key=lambda one: row.side * one.ticks)
        best = queue[0] if queue else None
        if best is None or (row.kind == "LIMIT" and row.side * best.ticks > row.side * row.ticks):
            return None
        return best

    def _trim(self, owner: int, leg: str) -> None:
        if owner in self.app:
            return
        for side in (1, -1):
            room = max(0, -side * self.held.get((owner, leg), 0))
            mine = [row for row in self.resting if (row.owner, row.leg, row.side) == (owner, leg, side) and row.reduces]
            for row in sorted(mine, key=lambda row: (-side * row.ticks, row.serial)):
                if row.left <= room:
                    room -= row.left
                else:
                    self._end(row, "EXPIRED", 4)

    def _rest(self, row: Row) -> None:
        if not row.lives:
            return
        if row.kind == "MARKET":
            self._end(row, "EXPIRED", 9)
        elif row.life in ("IOC", "FOK"):
            self._end(row, "EXPIRED", 2)
        else:
            self.clock += 1
            row.queued = self.clock
            self.resting.append(row)

    def _end(self, row: Row, status: str, reason: int) -> None:
        row.status, row.reason = status, reason
        self.resting = [one for one in self.resting if one is not row]

    @staticmethod
    def _told(row: Row) -> Outcome:
        return "done", row.name, row.status, row.lots, row.filled, row.value, row.reason
