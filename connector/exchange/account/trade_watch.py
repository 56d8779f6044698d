"""Whether every event of each trade came: what is told of a trade by one of them alone is asked for.

    TRADE_LITE                       names a fill: its ORDER_TRADE_UPDATE must follow, else the trades are read
    ORDER_TRADE_UPDATE with a fill   made a position: an ACCOUNT_UPDATE as new must come, else the account is read

Source: "User Data Streams", as of 2026-11: the last two have the same transaction time. What others trade on the
account tells all of them, too.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from connector.core.reports import AccountReport, OrderReport, TradeHint

#: When a missing fill is asked for, after it was named: a replica may lag.
_ASKED_AFTER_MS: Final = (250, 1_000, 3_000, 6_000)
_REMEMBERED: Final = 1_000
#: By symbol and trade id.
_Trade = tuple[str, str]


@dataclass(slots=True)
class _Owed:
    """A fill that is missing: since when, by the steady clock, and how often was asked."""

    since_ms: int
    asked: int = 0

    def is_due(self, now_ms: int) -> bool:
        return now_ms - self.since_ms >= _ASKED_AFTER_MS[self.asked]


class TradeWatch:
    """`now_ms` is monotonic; other times are the venue's."""

    def __init__(self) -> None:
        self._filled: OrderedDict[_Trade, None] = OrderedDict()
        self._owed: OrderedDict[_Trade, _Owed] = OrderedDict()
        #: The newest fill and the newest position of each symbol.
        self._fill_ms: dict[str, int] = {}
        self._position_ms: dict[str, int] = {}
        #: Since when a symbol's position is behind its fills.
        self._behind: dict[str, int] = {}

    def hinted(self, hint: TradeHint, now_ms: int) -> None:
        """A fill was named."""
        trade = hint.symbol, hint.trade_id
        if trade not in self._filled:
            self._owed.setdefault(trade, _Owed(now_ms))
            _trim(self._owed)

    def filled(self, report: OrderReport, now_ms: int) -> None:
        """A report of an order, of the stream or asked for, with its fills if it has any."""
        if not report.fills:
            return
        symbol = report.symbol
        for fill in report.fills:
            trade = symbol, fill.trade_id
            self._owed.pop(trade, None)
            self._filled[trade] = None
            time_ms = fill.time_ms
            if time_ms > self._fill_ms.get(symbol, 0):
                self._fill_ms[symbol] = time_ms
            if time_ms > self._position_ms.get(symbol, 0) and symbol not in self._behind:
                self._behind[symbol] = now_ms
        _trim(self._filled)

    def positioned(self, report: AccountReport) -> None:
        """A push of the account."""
        for row in report.positions:
            self._position_ms[row.symbol] = max(report.time_ms, self._position_ms.get(row.symbol, 0))
            if report.time_ms >= self._fill_ms.get(row.symbol, 0):
                self._behind.pop(row.symbol, None)

    def missing_fills(self, now_ms: int) -> set[str]:
        """The symbols whose trades are to be read now."""
        return {symbol for (symbol, _), owed in self._owed.items() if owed.is_due(now_ms)}

    def asked_for_fills(self, symbol: str, now_ms: int) -> None:
        """A symbol's trades were read: what is still missing is asked for again, a few times."""
        for trade, owed in list(self._owed.items()):
            if trade[0] == symbol and owed.is_due(now_ms):
                owed.asked += 1
                if owed.asked == len(_ASKED_AFTER_MS):
                    del self._owed[trade]

    def misses_positions(self, now_ms: int) -> bool:
        """Whether the account is to be read now."""
        return any(now_ms - since_ms >= _ASKED_AFTER_MS[0] for since_ms in self._behind.values())

    def asked_for_positions(self) -> None:
        """The account was read. A replica that lagged is found out when trades and positions are compared."""
        self._behind.clear()

    def forget(self) -> None:
        """A new connection: what it missed is compared, not awaited."""
        self._owed.clear()
        self._behind.clear()


def _trim(entries: OrderedDict[_Trade, None] | OrderedDict[_Trade, _Owed]) -> None:
    while len(entries) > _REMEMBERED:
        entries.popitem(last=False)
