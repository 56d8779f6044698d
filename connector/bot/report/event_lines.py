"""Lines that tell what happens, each at once, with its time; what is told again and again is counted.

    first ─▶ told at once ─┬─ alike within 10 s ─▶ counted ─▶ "… (7 times more in 10 s)" when they are over
                           └─ nothing alike     ─▶ nothing
    trades: the first at once, those of the next 10 s in one line with their sums

The log gets every line, and every trade apart.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from connector.bot.report.decimals import money, price_text, signed
from connector.core.amounts import ZERO, plain
from connector.core.clock import Clock
from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.events import OrderFilledEvent

_LOG = logging.getLogger("connector.run")
#: So long lines that are alike are counted, and trades summed.
FOLD_MS = 10_000
#: Lines that are remembered to be told from those that are alike.
_MOST_LINES = 256


@dataclass(slots=True)
class _Folded:
    """Since when a line was told, and how often it would have been again."""

    since_ms: int
    text: str
    times: int = 0


@dataclass(slots=True)
class _Trades:
    """What was traded on one side since it was last told."""

    count: int = 0
    amount: Decimal = ZERO
    notional: Decimal = ZERO


@dataclass(slots=True)
class _TradesOfPair:
    """Trades that wait for their line."""

    tick_size: Decimal
    since_ms: int
    sides: dict[TradeType, _Trades] = field(default_factory=dict)
    fees: dict[str, Decimal] = field(default_factory=dict)
    realized_pnl: Decimal = ZERO


class EventLines:
    """Tells by `show`, a line that stays. `settle` is called now and then, `close` at the end."""

    def __init__(self, show: Callable[[str], None], clock: Clock) -> None:
        self._show = show
        self._clock = clock
        self._folded: dict[str, _Folded] = {}
        self._trades: dict[str, _TradesOfPair] = {}

    def say(self, text: str, alike: str = "") -> None:
        """One line; `alike`: what it has in common with those that are folded into it, else the whole text."""
        now_ms = self._clock.monotonic_ms()
        _LOG.info("%s", text)
        known = self._folded.get(alike or text)
        if known is not None and now_ms - known.since_ms < FOLD_MS:
            known.times += 1
            known.text = text
            return
        self._folded.pop(alike or text, None)
        self._folded[alike or text] = _Folded(now_ms, text)
        if len(self._folded) > _MOST_LINES:
            self._end(next(iter(self._folded)))
        self._tell(text)

    def hear_trade(self, event: OrderFilledEvent, tick_size: Decimal) -> None:
        """An own trade: told at once where none was told lately."""
        waiting = self._trades.get(event.trading_pair)
        if waiting is None:
            self._trades[event.trading_pair] = _TradesOfPair(tick_size, self._clock.monotonic_ms())
            self._tell(trade_line(event, tick_size))
            return
        side = waiting.sides.setdefault(event.trade_type, _Trades())
        side.count += 1
        side.amount += event.amount
        side.notional += event.amount * event.price
        for flat in event.trade_fee.flat_fees:
            waiting.fees[flat.token] = waiting.fees.get(flat.token, ZERO) + flat.amount
        waiting.realized_pnl += event.realized_pnl

    def settle(self) -> None:
        """Tells what was counted and summed, where its time is over."""
        self._settle(self._clock.monotonic_ms() - FOLD_MS)

    def close(self) -> None:
        """Tells all of it."""
        self._settle(self._clock.monotonic_ms())

    def _settle(self, until_ms: int) -> None:
        for alike in [name for name, row in self._folded.items() if row.since_ms <= until_ms]:
            self._end(alike)
        for pair in [name for name, row in self._trades.items() if row.since_ms <= until_ms]:
            waiting = self._trades.pop(pair)
            if waiting.sides:
                self._tell(_trades_line(pair, waiting))

    def _end(self, alike: str) -> None:
        row = self._folded.pop(alike)
        if row.times:
            times = "once" if row.times == 1 else f"{row.times} times"
            self._tell(f"{row.text} ({times} more within {FOLD_MS // 1000} s)")

    def _tell(self, text: str) -> None:
        self._show(f"{clock_of_day(self._clock.now_ms())} {text}")


def clock_of_day(now_ms: int) -> str:
    """The time of day as lines show it (UTC)."""
    return f"{datetime.fromtimestamp(now_ms / 1000, UTC):%H:%M:%S}"


def trade_line(event: OrderFilledEvent, tick_size: Decimal) -> str:
    """One own trade: what, at what, what it cost, and what it closed."""
    did = "bought" if event.trade_type is TradeType.BUY else "sold"
    as_what = "maker" if event.is_maker else "taker"
    paid = ", ".join(f"{money(flat.amount)} {flat.token}" for flat in event.trade_fee.flat_fees) or "none"
    return (
        f"{did} {plain(event.amount)} {event.trading_pair} at {price_text(event.price, tick_size)} as {as_what}, "
        f"fee {paid}{_closing(event)}"
    )


def _closing(event: OrderFilledEvent) -> str:
    """That a trade was of an exit, and its result."""
    if event.position is not PositionAction.CLOSE:
        return f", result {signed(event.realized_pnl)}" if event.realized_pnl else ""
    exit_kind = "take-profit" if event.realized_pnl >= 0 else "stop-loss"
    if event.order_type is OrderType.MARKET:
        exit_kind = "closed at the market"
    return f", {exit_kind}: result {signed(event.realized_pnl)}"


def _trades_line(pair: str, waiting: _TradesOfPair) -> str:
    told = [
        f"{row.count} {'buy' if side is TradeType.BUY else 'sell'}{'s' if row.count != 1 else ''} of "
        f"{plain(row.amount)} at {price_text(row.notional / row.amount, waiting.tick_size)}"
        for side, row in sorted(waiting.sides.items(), key=lambda item: -item[0].sign)
    ]
    fees = ", ".join(f"{money(amount)} {asset}" for asset, amount in waiting.fees.items()) or "none"
    result = f", result {signed(waiting.realized_pnl)}" if waiting.realized_pnl else ""
    return f"{pair}: {', '.join(told)} on average, fees {fees}{result}"
