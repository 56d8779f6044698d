"""What became of a run's position: liquidated, kept and told, or closed at the market at the end."""

import asyncio
from collections.abc import Callable, Sequence
from decimal import Decimal

from connector.core.amounts import ZERO, plain
from connector.core.connection_events import RiskLimitEvent
from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, LiquidationEvent
from connector.core.intents import OrderIntent
from connector.core.position import Position
from connector.exchange.derivative import PerpetualDerivative

#: Of the time that a stop may take.
CLOSE_WITHIN_S = 6.0
_STEP_S = 0.1
#: A close that was refused, or filled and not told yet, is looked at again.
_AGAIN_S = 1.0


class PositionEnd:
    """The positions of the pairs that a strategy trades, its market first. `closes`: the end of the run closes them,
    as it does where a limit on losses struck that says so."""

    def __init__(
        self,
        connector: PerpetualDerivative,
        pairs: Sequence[str],
        report: Callable[[str], None],
        *,
        closes: bool = True,
    ) -> None:
        self._connector, self._pairs, self._report = connector, tuple(pairs), report
        self.closes = closes
        #: By which setting.
        self.closed_by = "on_stop"
        #: Whether a limit on losses wants it.
        self.is_struck = False
        #: Steps of liquidation that were told.
        self.liquidations: list[LiquidationEvent] = []
        #: What remains though it was to be closed, in words.
        self.left = ""
        connector.add_listener(MarketEvent.RiskLimit, self._hear_strike)

    def begin(self) -> None:
        """Counts from here on: what happened while no run was on is told, and no end of this one."""
        self._connector.add_listener(MarketEvent.Liquidation, self._hear)

    @property
    def held(self) -> tuple[Position, ...]:
        """What is held now, as the exchange last said."""
        rows = self._connector.account_positions.values()
        return tuple(row for row in rows if row.trading_pair in self._pairs and row.amount)

    def text(self) -> str:
        """What is held, in words; empty where nothing is."""
        return ", ".join(f"{plain(row.amount)} {row.trading_pair} at {plain(row.entry_price)}" for row in self.held)

    async def close(self) -> None:
        """Closes until nothing is held. Has no end of its own where the exchange refuses."""
        while self.held:
            names = [self._ask(row) for row in self.held]
            while any(name in self._connector.in_flight_orders for name in names):
                await asyncio.sleep(_STEP_S)
            for _ in range(round(_AGAIN_S / _STEP_S)):
                if self.held:
                    await asyncio.sleep(_STEP_S)

    def tell(self, by_exchange: Decimal = ZERO) -> None:
        """What is held at the end, `by_exchange` what it says of the market in sum where it was asked: kept by the
        setting, or left."""
        market, held = self._pairs[0], self.text()
        if by_exchange and all(row.trading_pair != market for row in self.held):
            held = ", ".join(filter(None, (f"{plain(by_exchange)} {market}", held)))
        if held and self.closes:
            self.left = f"a position remains though {self.closed_by} is close: {held}"
            self._report(self.left)
        elif held:
            self._report(f"a position is kept (on_stop: keep): {held}")

    def _hear(self, event: Event) -> None:
        if isinstance(event, LiquidationEvent) and not event.auto_deleveraged:
            self.liquidations.append(event)

    def _hear_strike(self, event: Event) -> None:
        if isinstance(event, RiskLimitEvent) and event.closes:
            self.closes, self.closed_by, self.is_struck = True, "on_risk_limit", True

    def _ask(self, row: Position) -> str:
        self._report(f"closing {plain(row.amount)} {row.trading_pair} at the market")
        rule = self._connector.trading_rules[row.trading_pair]
        amount = min(abs(row.amount), rule.max_market_amount or abs(row.amount))
        side = TradeType.SELL if row.amount > 0 else TradeType.BUY
        return self._connector.place(
            OrderIntent(row.trading_pair, side, OrderType.MARKET, amount, None, PositionAction.CLOSE)
        )


def liquidated(steps: Sequence[LiquidationEvent], asset: str) -> str:
    """How a run was liquidated, in words, and what it came to; a step whose result is not known leaves that open."""
    result = sum((step.realized_pnl - step.fee for step in steps), Decimal(0))
    counted = "1 step" if len(steps) == 1 else f"{len(steps)} steps"
    if not result.is_nan():
        return f"liquidated in {counted}: result {plain(result)} {asset}, fees included"
    known = [step.realized_pnl - step.fee for step in steps if not (step.realized_pnl - step.fee).is_nan()]
    without = f" ({len(steps) - len(known)} of them, the others came to {plain(sum(known, Decimal(0)))} {asset})"
    return f"liquidated in {counted}: result unknown{without if known else ''}"
