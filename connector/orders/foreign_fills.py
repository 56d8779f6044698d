"""Trades on the account of orders that are not ours: placed by hand, by another program, or by another instance.

Each is told once, by the stream or by the trade list. They move positions as ours do.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final

from connector.core.account_events import ForeignFillEvent
from connector.core.enums import TradeType
from connector.core.reports import Fill, OrderReport

_REMEMBERED: Final = 4_096


class ForeignFills:
    """The latest of them. `is_ours`: by the client id, of this life or an earlier one, or of the venue itself."""

    def __init__(self, pair_of: Callable[[str], str | None], is_ours: Callable[[str], bool]) -> None:
        self._pair_of, self._is_ours = pair_of, is_ours
        self._told: OrderedDict[tuple[str, str], None] = OrderedDict()
        #: Of the trade list, which names no client id: whose they are is not known yet.
        self._unnamed: OrderedDict[tuple[str, str], OrderReport] = OrderedDict()

    def fresh(self, report: OrderReport) -> tuple[tuple[ForeignFillEvent, Fill], ...]:
        """What a report of an order that is not tracked tells for the first time."""
        pair, side = self._pair_of(report.symbol), report.trade_type
        if not report.fills or pair is None or side is None:
            return ()
        if not report.client_order_id:
            keys = [(report.symbol, fill.trade_id) for fill in report.fills]
            self._unnamed.update((key, report) for key in keys if key not in self._told)
            _trim(self._unnamed)
            return ()
        if self._is_ours(report.client_order_id):
            self._drop_unnamed(report)
            return ()
        return tuple(self._told_of(report, pair, side))

    def unnamed(self) -> tuple[OrderReport, ...]:
        """Trades of the list, the oldest first, whose order nobody has named since."""
        return tuple(self._unnamed.values())

    def told_without_name(self, report: OrderReport) -> tuple[tuple[ForeignFillEvent, Fill], ...]:
        """A trade of the list that is known to be of no order of ours, and none of the venue's own."""
        pair, side = self._pair_of(report.symbol), report.trade_type
        return () if pair is None or side is None else tuple(self._told_of(report, pair, side))

    def forget(self, report: OrderReport) -> None:
        """A trade of the list that is not to be told."""
        self._drop_unnamed(report)

    def _told_of(self, report: OrderReport, pair: str, side: TradeType) -> Iterable[tuple[ForeignFillEvent, Fill]]:
        for fill in report.fills:
            key = report.symbol, fill.trade_id
            self._unnamed.pop(key, None)
            if key in self._told:
                continue
            self._told[key] = None
            _trim(self._told)
            event = ForeignFillEvent(
                fill.time_ms / 1000, pair, report.client_order_id, report.exchange_order_id, side, fill.price,
                fill.amount, fill.trade_id, fill.realized_pnl,
            )  # fmt: skip
            yield event, fill

    def _drop_unnamed(self, report: OrderReport) -> None:
        for fill in report.fills:
            self._unnamed.pop((report.symbol, fill.trade_id), None)


def _trim(entries: OrderedDict[tuple[str, str], None] | OrderedDict[tuple[str, str], OrderReport]) -> None:
    while len(entries) > _REMEMBERED:
        entries.popitem(last=False)
