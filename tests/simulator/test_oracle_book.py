"""The exchange and a plain one are given the same 100,000 random commands and must agree after each of them."""

import hashlib
import random
from collections.abc import Callable, Iterable
from decimal import Decimal

from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import to_e8
from connector.simulator.market.orders import BUY, SELL, AmendRequest, Order, OrderRequest
from tests.companions.simulator.oracle_book import OracleBook, Outcome, Wish
from tests.companions.simulator.traders import BTC, Desk

COMMANDS, HASHED_EVERY = 100_000, 50
ONE_WAY, HEDGED, APP = (1, 2, 3), (4, 5), (6,)
MODES = ("EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "NONE")
LIVES = ("GTC",) * 8 + ("GTD", "GTX", "GTX", "IOC", "IOC", "FOK", "FOK", "RPI")
TICK, STEP = Decimal("0.10"), Decimal("0.001")


class Pair:
    """Both exchanges, and the commands in the words of each."""

    def __init__(self) -> None:
        self.desk = Desk()
        for owner in (*ONE_WAY, *HEDGED, *APP):
            account = self.desk.engine.open_account(to_e8(Decimal(10**9)), self.desk.now_ms, is_house=owner in APP)
            assert account.account_id == owner
            if owner in HEDGED:
                self.desk.engine.set_hedge(owner, True)
        self.desk.mark("60000")
        self.oracle = OracleBook(frozenset(APP))

    def place(self, wish: Wish) -> tuple[Outcome, Outcome]:
        request = OrderRequest(
            BTC,
            wish.side,
            wish.kind,
            wish.lots * STEP,
            wish.ticks * TICK if wish.kind == "LIMIT" else None,
            wish.life,
            wish.reduce_only,
            wish.leg,
            wish.name,
            wish.mode,
            good_till_ms=wish.until,
        )
        now_ms = self.desk.now_ms
        return outcome_of(lambda: self.desk.engine.place(wish.owner, request, now_ms)), self.oracle.place(wish)

    def cancel(self, owner: int, name: str) -> tuple[Outcome, Outcome]:
        engine, now_ms = self.desk.engine, self.desk.now_ms
        return outcome_of(lambda: engine.cancel(owner, BTC, None, name, now_ms)), self.oracle.cancel(owner, name)

    def amend(self, owner: int, name: str, side: int, ticks: int, lots: int) -> tuple[Outcome, Outcome]:
        ask = AmendRequest(BTC, None, name, side, lots * STEP, ticks * TICK)
        fast = outcome_of(lambda: self.desk.engine.amend(owner, ask, self.desk.now_ms))
        return fast, self.oracle.amend(owner, name, side, ticks, lots)

    def advance(self) -> None:
        self.desk.now_ms += 1_000
        self.desk.engine.advance(self.desk.now_ms)
        self.oracle.expire(self.desk.now_ms)

    def fast_hash(self) -> str:
        listing, engine = self.desk.listing, self.desk.engine
        books = [
            (order.client_order_id, order.price_ticks, order.open_lots, order.status)
            for book in (listing.book, listing.rpi_book)
            for side in (BUY, SELL)
            for order in book.orders_from_best(side)
        ]
        held = {
            (owner, leg): position.lots
            for owner, account in engine.accounts.items()
            for (_, leg), position in account.positions.items()
            if position.lots
        }
        return hashed(books, held)

    def kept_sums(self) -> dict[tuple[int, str, int], tuple[int, int]]:
        """Lots and value of the orders that could open, as margin reads them."""
        return {
            (owner, leg, side): (ladder.lots, ladder.value)
            for owner, account in self.desk.engine.accounts.items()
            for (_, leg), orders in account.sums.items()
            for side in (BUY, SELL)
            if (ladder := orders.side(side)).lots
        }

    def walked_sums(self) -> dict[tuple[int, str, int], tuple[int, int]]:
        sums: dict[tuple[int, str, int], tuple[int, int]] = {}
        for row in self.oracle.resting:
            if row.owner not in APP and not row.reduces:
                lots, value = sums.get((row.owner, row.leg, row.side), (0, 0))
                sums[row.owner, row.leg, row.side] = (lots + row.left, value + row.left * row.ticks)
        return sums

    def plain_hash(self) -> str:
        books = [
            (row.name, row.ticks, row.left, row.status)
            for hidden in (False, True)
            for side in (BUY, SELL)
            for row in self.oracle.queue(side, hidden=hidden)
        ]
        return hashed(books, {key: lots for key, lots in self.oracle.held.items() if lots})


def hashed(books: Iterable[object], held: dict[tuple[int, str], int]) -> str:
    return hashlib.sha256(f"{list(books)} {sorted(held.items())}".encode()).hexdigest()


def outcome_of(deed: Callable[[], Order]) -> Outcome:
    try:
        order = deed()
    except VenueError as refusal:
        return "refused", refusal.code
    name, reason = order.client_order_id, order.expiry_reason
    return "done", name, order.status, order.lots, order.filled_lots, order.filled_value, reason


def random_wish(chance: random.Random, number: int, now_ms: int) -> Wish:
    owner = chance.choice((*ONE_WAY, *HEDGED, *APP))
    side = chance.choice((BUY, SELL))
    life = "GTC" if (is_market := chance.random() < 0.12) else chance.choice(LIVES)
    is_deep = life == "FOK" and chance.random() < 0.6
    ticks = side * chance.randrange(0, 14) if is_deep else -side * chance.randrange(-6, 14)
    return Wish(
        name=f"c{number}",
        owner=owner,
        side=side,
        kind="MARKET" if is_market else "LIMIT",
        life=life,
        ticks=0 if is_market else 600_000 + ticks,
        lots=chance.randrange(1, 150 if is_deep else 25),
        mode=chance.choice(MODES),
        reduce_only=owner in ONE_WAY and chance.random() < 0.3,
        leg=chance.choice(("LONG", "SHORT")) if owner in HEDGED else "BOTH",
        until=now_ms // 1000 * 1000 + 700_000 if life == "GTD" else 0,
    )


def step(pair: Pair, chance: random.Random, number: int) -> tuple[Outcome, Outcome]:
    """One random command: the more orders rest, the more of them are cancelled."""
    resting = pair.oracle.resting
    deed = chance.random()
    if resting and deed < 0.1 + len(resting) / 200:
        row = chance.choice(resting)
        return pair.cancel(row.owner, row.name if chance.random() < 0.95 else f"c{number}")
    if resting and deed > 0.8:
        row = chance.choice(resting)
        ticks = row.ticks + chance.choice((0, 0, -1, 1, -8, 8))
        lots = max(1, row.lots + chance.choice((0, 0, -3, 5, -20)))
        return pair.amend(row.owner, row.name, row.side if chance.random() < 0.97 else -row.side, ticks, lots)
    return pair.place(random_wish(chance, number, pair.desk.now_ms))


def test_the_fast_exchange_and_the_plain_one_agree_on_every_command() -> None:
    pair, chance = Pair(), random.Random(20261120)
    seen: set[tuple[object, ...]] = set()
    for number in range(COMMANDS):
        fast, plain = step(pair, chance, number)
        assert fast == plain, f"command {number}"
        seen.add((fast[0], fast[1] if fast[0] == "refused" else fast[2], fast[-1] if fast[0] == "done" else 0))
        if number % 10 == 0:
            pair.advance()
        if number % HASHED_EVERY == 0:
            assert pair.fast_hash() == pair.plain_hash(), f"after command {number}"
            assert pair.walked_sums() == pair.kept_sums(), f"after command {number}"
            pair.desk.engine.drain()
    assert pair.fast_hash() == pair.plain_hash()
    tape = pair.desk.listing.tape.trades
    assert [(trade.ticks, trade.lots) for trade in tape] == [row[2:] for row in pair.oracle.trades[-len(tape) :]]
    assert len(pair.oracle.trades) > COMMANDS / 10
    assert {code for kind, code, _ in seen if kind == "refused"} >= {-5021, -5022, -2022, -4118, -5027, -2011, -1117}
    ends = {(status, reason) for kind, status, reason in seen if kind == "done"}
    assert ends >= {
        ("EXPIRED_IN_MATCH", 1), ("EXPIRED_IN_MATCH", 3), ("EXPIRED", 2), ("EXPIRED", 9), ("CANCELED", 0),
        ("FILLED", 0),
    }  # fmt: skip
