"""Runs of a bot through a crash or a squeeze, in virtual time, and what of its limits was passed meanwhile.

The bot is a whole session on real sockets at a local exchange of this process, whose market follows a price script.
It is reckless, whichever strategy it runs. What it does is looked at from the exchange's side.
"""

import asyncio
import io
import random
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from rich.console import Console

from connector.bot.quoting.run_plan import alone
from connector.bot.report.accounting import Accounting
from connector.bot.report.screen import Screen
from connector.bot.session import local_exchange
from connector.bot.session.instance_journal import Keeping
from connector.bot.session.session import Session
from connector.config.connector_settings import ConnectorSettings
from connector.config.loader import load_settings
from connector.core.amounts import ZERO, to_e8
from connector.core.clock import Clock
from connector.core.connection_events import RiskLimitEvent
from connector.core.enums import PositionAction
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, LiquidationEvent, OrderFilledEvent
from connector.core.interface import MarketDataView
from connector.exchange.account.order_limits import risk_bounds
from connector.exchange.derivative import PerpetualDerivative
from connector.market.symbol_feed import SymbolFeed
from connector.risk.bounds import RiskBounds
from connector.risk.order_rate import WINDOW_MS
from connector.simulator.fault_injection.price_scripts import SCRIPTS, PriceScript
from connector.simulator.market.default_instruments import DEFAULT_INSTRUMENTS
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.local_trading import SYMBOL
from tests.companions.places import ROOT
from tests.companions.risk.reckless_strategies import STRATEGIES, settings_of
from tests.companions.virtual_time import run_in_virtual_time

D = Decimal
WALLET = D(10_000)
#: When the script begins after the start, and how long the bot quotes.
BEGINS_MS, LASTS_S = 2_000, 24.0
#: Of the market's own trading, which costs most of the time: half of the venue's.
PACE = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """One run."""

    seed: int
    strategy: str
    #: The strategy's settings that differ from the shipped ones.
    changes: Mapping[str, object]
    #: The limits that differ from the shipped ones; None: none is on.
    limits: Mapping[str, object] | None
    script: PriceScript


@dataclass
class Outcome:
    """What became of one."""

    plan: Plan
    #: By how much each bound on orders was passed at worst, in the bound's own unit, and the largest order in flight.
    passed: dict[str, Decimal] = field(default_factory=dict)
    largest_order: Decimal = ZERO
    strikes: list[RiskLimitEvent] = field(default_factory=list)
    #: How many mark prices came between the first past a loss bound and its strike.
    late_marks: int = 0
    liquidations: int = 0
    #: At its start, and now.
    began: Decimal = WALLET
    equity: Decimal = WALLET
    fills: int = 0
    #: Of the time until a loss limit struck, the strategy's pauses after fills left out: looks in all, and with an
    #: opening order at the exchange, or with the legs of a spread, which are what it wants.
    looks: int = 0
    quoting: int = 0

    @property
    def has_shipped_limits(self) -> bool:
        return self.plan.limits is not None and not self.plan.limits

    @property
    def is_wiped_out(self) -> bool:
        return self.liquidations > 0 or self.equity < self.began / 2


def plan_of(strategy: str, seed: int) -> Plan:
    chance = random.Random(f"{strategy} {seed}")
    script = SCRIPTS[chance.choice(("crash", "squeeze"))]
    limits: dict[str, object] = {"on_risk_limit": chance.choice(("stop", "close"))} if chance.random() < 0.3 else {}
    if chance.random() < 0.3:
        limits["max_order_rate"] = chance.choice((60, 200))
    if chance.random() < 0.3:
        limits["max_position"] = f"{D(chance.randrange(20, 400)) / 1000} BTC"
    return Plan(seed, strategy, STRATEGIES[strategy](chance), limits, script)


class _Watch:
    """Looks at one connector from outside, at each fill, each order that leaves and each mark price."""

    def __init__(self, connector: PerpetualDerivative, outcome: Outcome, bounds: RiskBounds) -> None:
        """`bounds`: by which it is judged, whether they are on or not."""
        self._connector, self._outcome, self._bounds = connector, outcome, bounds
        self._left_ms: list[int] = []
        #: The strategy's own pause after a fill.
        self._paused_until_ms = 0
        self._pairs = connector.trading_pairs
        self._began = self._highest = outcome.began = self._equity()
        tags = (MarketEvent.BuyOrderCreated, MarketEvent.SellOrderCreated, MarketEvent.OrderModified)
        for tag in tags:
            connector.add_listener(tag, self._note_order)
        connector.add_listener(MarketEvent.OrderFilled, self._note_fill)
        connector.add_listener(MarketEvent.RiskLimit, self._note_strike)
        connector.add_listener(MarketEvent.Liquidation, self._note_liquidation)
        for pair in self._pairs:
            self._follow(connector.components.prices.feed_of(pair))

    def _follow(self, feed: SymbolFeed) -> None:
        """Looks after each mark price of a pair, once the connector has seen it."""
        watcher = feed.mark_watcher

        def note(market: MarketDataView) -> None:
            if watcher is not None:
                watcher(market)
            self._note_mark()

        feed.mark_watcher = note

    def _equity(self) -> Decimal:
        return equity_of(self._connector)

    def _passed(self, name: str, use: Decimal, bound: Decimal | None) -> None:
        if bound is not None and use > bound:
            self._outcome.passed[name] = max(self._outcome.passed.get(name, ZERO), use - bound)

    def _note_order(self, event: Event) -> None:
        order = self._connector.components.tracker.order(event.order_id)  # type: ignore[union-attr]
        if order is None or order.position_action is PositionAction.CLOSE:
            return
        price, now_ms = order.price or ZERO, self._connector.components.clock.monotonic_ms()
        self._outcome.largest_order = max(self._outcome.largest_order, order.amount)
        opening = [
            one
            for one in self._connector.in_flight_orders.values()
            if one.position_action is PositionAction.OPEN and one.was_seen
        ]
        total = sum((one.remaining_amount * (one.price or price) for one in opening), ZERO)
        self._passed("max_open_orders_notional", total, self._bounds.max_open_orders_notional)
        self._left_ms = [at_ms for at_ms in self._left_ms if now_ms - at_ms < WINDOW_MS - 1_000] + [now_ms]
        most = self._bounds.max_order_rate
        self._passed("max_order_rate", D(len(self._left_ms)), None if most is None else D(most))

    def _note_fill(self, event: Event) -> None:
        assert isinstance(event, OrderFilledEvent)
        self._outcome.fills += 1
        now_ms = self._connector.components.clock.monotonic_ms()
        self._paused_until_ms = now_ms + 1_000 * int(str(self._outcome.plan.changes.get("filled_order_delay", 0)))

    def look(self) -> None:
        """What is held, by the exchange's own word, at the price of now."""
        held = self._connector.account_positions.values()
        for row in held:
            mark = self._connector.get_mark_price(row.trading_pair)
            self._passed("max_position", abs(row.amount), self._bounds.most_of("BTC"))
            worth = min(abs(row.amount) * row.entry_price, abs(row.amount) * mark)
            self._passed("max_position_notional", worth, self._bounds.max_position_notional)
        now_ms = self._connector.components.clock.monotonic_ms()
        if not self._outcome.strikes and now_ms >= self._paused_until_ms:
            self._outcome.looks += 1
            orders = self._connector.in_flight_orders.values()
            is_spread = self._outcome.plan.strategy == "funding_spread" and bool(held)
            self._outcome.quoting += is_spread or any(one.position_action is PositionAction.OPEN for one in orders)

    def _note_mark(self) -> None:
        equity = self._equity()
        self._outcome.equity, self._highest = equity, max(self._highest, equity)
        if not self._outcome.strikes and self._is_past(equity):
            self._outcome.late_marks += 1

    def _is_past(self, equity: Decimal) -> bool:
        bounds, lost = self._bounds, self._began - equity
        of_loss = [bound.of(self._began) for bound in (bounds.max_loss_of_day, bounds.max_loss_of_run) if bound]
        drawdown = bounds.max_drawdown
        is_drawn = drawdown is not None and (self._highest - equity) * 100 > drawdown * self._highest
        return is_drawn or any(lost > bound for bound in of_loss)

    def _note_strike(self, event: Event) -> None:
        assert isinstance(event, RiskLimitEvent)
        self._outcome.strikes.append(event)

    def _note_liquidation(self, event: Event) -> None:
        assert isinstance(event, LiquidationEvent)
        self._outcome.liquidations += not event.auto_deleveraged


def equity_of(connector: PerpetualDerivative) -> Decimal:
    """Wallets of the margin assets of its pairs, and unrealised results."""
    pairs = connector.trading_pairs
    assets = {connector.trading_rules[pair].margin_asset for pair in pairs}
    return sum(map(connector.get_balance, assets), ZERO) + sum(map(connector.get_unrealized_pnl, pairs), ZERO)


async def _run(plan: Plan, clock: Clock) -> Outcome:
    symbols = (SYMBOL, "BTCUSDC") if plan.strategy == "funding_spread" else (SYMBOL,)
    settings = SimulatorSettings(
        seed=plan.seed, clock=clock, price_scripts=((plan.script, BEGINS_MS),), funding_first_s=3600, pulse_ms=250,
        instruments=tuple(row for row in DEFAULT_INSTRUMENTS if row.symbol in symbols), pace=PACE,
    )  # fmt: skip
    outcome = Outcome(plan)
    async with LocalExchange(settings) as venue:
        if plan.strategy == "funding_spread":
            rate_e8 = (1 if plan.seed % 2 else -1) * to_e8(D("0.002"))
            venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, to_e8(WALLET), now_ms, "USDC"))
            venue.act(lambda engine, now_ms: engine.adjust_funding(SYMBOL, now_ms, None, None, None, rate_e8))
        with tempfile.TemporaryDirectory() as folder:
            await _quote(venue, plan, outcome, clock, Path(folder))
    return outcome


async def _quote(venue: LocalExchange, plan: Plan, outcome: Outcome, clock: Clock, home: Path) -> None:
    quiet = {"journal_database": "none", "journal_durability": "none", "depth_speed": "500ms"}
    own = load_settings(ROOT / "conf" / "connector.yml", ConnectorSettings, {**quiet, **(plan.limits or {})})
    bounds = risk_bounds(own)
    if plan.limits is None:
        own = ConnectorSettings.model_validate(quiet)
    settings = settings_of(plan.strategy, plan.changes)
    attached = local_exchange.attached(venue.rest)
    screen = Screen(Console(file=io.StringIO(), width=300), clock)
    keeping = Keeping(home, own, in_loop=True)
    session = Session(attached, await attached.epoch(), alone(settings), Accounting, screen, clock, keeping)
    stop = asyncio.Event()
    try:
        assert await session.start(stop) is None
        watch = _Watch(session.connector, outcome, bounds)
        quoting = asyncio.create_task(session.quote(stop))
        ends_s = asyncio.get_running_loop().time() + LASTS_S
        while asyncio.get_running_loop().time() < ends_s and not quoting.done():
            watch.look()
            await asyncio.sleep(0.25)
        stop.set()
        await quoting
        await session.stop()
        outcome.equity = equity_of(session.connector)
    finally:
        await session.close()


def outcome_of(plan: Plan) -> Outcome:
    """Runs one from its start to its end."""
    return run_in_virtual_time(lambda clock: _run(plan, clock))
