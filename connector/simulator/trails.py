"""How prices and results went since the exchange began, thinned out as time goes by: what the page draws.

All lines share their moments. Where these become too many, every other one goes and the next come half as often, so
that a line always covers the whole life of the exchange and never grows beyond its bound.

A result is the equity less all that was transferred into the futures wallet and out of it, each transfer valued when it
came: a deposit moves the equity, and no result.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice
from math import isnan, nan

from connector.simulator.accounts.accounts import Account, income_at
from connector.simulator.accounts.records import TRANSFER, IncomeRecord
from connector.simulator.engine import Engine
from connector.simulator.fixed_point import E8
from connector.simulator.history import History
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.payloads.account_worth import USDT, worth_of
from connector.simulator.payloads.wallet_payloads import value_e8

FIRST_EVERY_MS = 1_000
MOST_MOMENTS = 240
#: Accounts whose result is followed: the first that were opened.
MOST_ACCOUNTS = 12
MARK, INDEX, MID, RESULT = "mark", "index", "mid", "result"
_NONE: History[IncomeRecord] = History(income_at, 1)


class Trails:
    """Lines by what they are of and whose: (MARK, "BTCUSDT"), (RESULT, "3").

    Prices are in the contract's quote, results in USDT. What a moment lacks is None: an account that was not there
    yet, the middle of an empty book.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._every_ms = FIRST_EVERY_MS
        self.times_ms: list[int] = []
        self._lines: dict[tuple[str, str], array[float]] = {}
        #: By account: how many of its transfers were counted, and to what they come, 1e-8 USDT.
        self._brought = {
            account.account_id: (len(_transfers(account)), worth_of(engine, account).equity_e8)
            for account in self._owned()
        }

    def tick(self, now_ms: int) -> None:
        """Takes a moment when one is due; a clock that stepped back takes away what lies ahead of it."""
        if self.times_ms and now_ms < self.times_ms[-1]:
            self._keep(slice(bisect_left(self.times_ms, now_ms)))
        for account in self._owned():
            self._count(account)
        if self.times_ms and now_ms - self.times_ms[-1] < self._every_ms:
            return
        before = len(self.times_ms)
        self.times_ms.append(now_ms)
        for name, value in self._present():
            if name not in self._lines:
                self._lines[name] = array("d", [nan] * before)
            self._lines[name].append(value)
        if before == MOST_MOMENTS:
            self._keep(slice(None, None, 2))
            self._every_ms *= 2

    def line(self, kind: str, name: str) -> list[float | None]:
        """A line, a value for each of `times_ms`."""
        return [None if isnan(value) else value for value in self._lines.get((kind, name), ())]

    def followed(self) -> list[str]:
        """The accounts that have a line."""
        return [name for kind, name in self._lines if kind == RESULT]

    def results_e8(self) -> dict[str, int]:
        """The results of this moment in 1e-8 USDT, by account."""
        return {str(account.account_id): self._result_e8(account) for account in self._owned()}

    def _result_e8(self, account: Account) -> int:
        return worth_of(self._engine, account).equity_e8 - self._count(account)

    def _count(self, account: Account) -> int:
        """Counts the transfers that came since the last look, and says what all of them come to."""
        rows = _transfers(account)
        counted, brought_e8 = self._brought.get(account.account_id, (0, 0))
        if len(rows) != counted:
            fresh = [rows[at] for at in range(min(counted, len(rows)), len(rows))]
            brought_e8 += sum(value_e8(self._engine.collateral, {row.asset: row.amount_e8}, USDT) for row in fresh)
            self._brought[account.account_id] = len(rows), brought_e8
        return brought_e8

    def _owned(self) -> Iterator[Account]:
        """Those that are followed."""
        return islice((account for account in self._engine.accounts.values() if not account.is_house), MOST_ACCOUNTS)

    def _keep(self, part: slice) -> None:
        self.times_ms = self.times_ms[part]
        self._lines = {name: line[part] for name, line in self._lines.items()}

    def _present(self) -> Iterator[tuple[tuple[str, str], float]]:
        for symbol, listing in self._engine.listings.items():
            yield (MARK, symbol), listing.mark_price.mark_e8 / E8
            yield (INDEX, symbol), listing.mark_price.index_e8 / E8
            yield (MID, symbol), _mid(listing)
        for name, result_e8 in self.results_e8().items():
            yield (RESULT, name), result_e8 / E8


def _transfers(account: Account) -> History[IncomeRecord]:
    return account.income.get((TRANSFER, ""), _NONE)


def _mid(listing: Listing) -> float:
    bid, ask = listing.book.best(BUY), listing.book.best(SELL)
    return nan if bid is None or ask is None else (bid + ask) * listing.instrument.tick_e8 / 2 / E8
