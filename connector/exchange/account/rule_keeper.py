"""Keeps the trading rules true: read anew on a timer, when the exchange tells of a change, and when a refusal proves
them old. What a pair may do is told when it changes.

    every hour              the whole list, and the rate limits
    every half minute       while a side may only reduce, a pair does not trade and may trade again, or nobody tells of
                            changes: the stream is down
    every quarter minute    while both hold: a pair does not trade, and nobody tells of changes
    at once                 a contract's status or brackets changed (`!contractInfo`), a refusal that speaks of rules
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from connector.core.clock import Clock
from connector.core.connection_events import TradingStatusEvent
from connector.core.faults import ConnectorFault
from connector.core.trading_rule import TradingRule
from connector.exchange.account.pair_rules import PairRules
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.bus import Bus
from connector.venue.contract_states import ContractState, contract_state
from connector.wire.contract_news import ContractNews
from connector.wire.instruments import Instruments

_LOG = logging.getLogger(__name__)
_RULES_EVERY_S = 3600.0
_DOUBTFUL_EVERY_S = 30.0
_HALTED_UNHEARD_EVERY_S = 15.0
_STEP_S = 1.0
#: A connection that comes up so soon after a reading missed nothing that is not asked for anyway.
_FRESH_MS = 10_000
#: Readings that changes ask for lie so far apart: the list is long.
_APART_MS = 5_000
#: A list may be so much older than what was told of a contract meanwhile.
_LIST_LAG_MS = 30_000

#: What is told of a pair: whether it trades, by which word, and which sides may only reduce.
_Standing = tuple[bool, str, tuple[object, ...]]


class RuleKeeper:
    """`run` runs until cancelled."""

    def __init__(self, pair_rules: PairRules, api: VenueApi, bus: Bus, clock: Clock) -> None:
        self._pair_rules = pair_rules
        self._api = api
        self._bus = bus
        self._clock = clock
        #: Takes what else the list holds, after each reading.
        self.on_list: Callable[[Instruments], Awaitable[None]] | None = None
        #: Whether changes are told as they come.
        self.hears_changes = False
        self._told: dict[str, _Standing] = {}
        self._read_ms = clock.monotonic_ms()
        self._wanted = asyncio.Event()
        #: By symbol, what was told of its contract last, and when.
        self._news: dict[str, tuple[ContractState, int]] = {}

    def begin(self) -> None:
        """The list was just taken in. A side that is controlled from the beginning is told; that a pair does not trade,
        its rule says."""
        self._read_ms = self._clock.monotonic_ms()
        for rule in self._pair_rules.rules.values():
            self._told[rule.trading_pair] = (*_standing(rule)[:2], ())
        self._tell_changes()

    async def read(self) -> None:
        """Takes the list in as it is now. Raises `ConnectorFault`."""
        instruments = await self._api.instruments()
        self._pair_rules.refresh(instruments)
        self._read_ms = self._clock.monotonic_ms()
        for symbol, (state, told_ms) in tuple(self._news.items()):
            if self._read_ms - told_ms < _LIST_LAG_MS:
                self._apply(symbol, state)
            else:
                del self._news[symbol]
        self._tell_changes()
        if self.on_list is not None:
            await self.on_list(instruments)

    def read_soon(self) -> None:
        """What is known may be old."""
        self._wanted.set()

    def came_up(self) -> None:
        """Changes are told from now on; what happened before is asked for."""
        self.hears_changes = True
        if self._clock.monotonic_ms() - self._read_ms > _FRESH_MS:
            self.read_soon()

    def take(self, news: ContractNews) -> None:
        """A contract changed: its status holds at once, and the whole rule is read."""
        if self._pair_rules.pair_of(news.symbol) is None:
            return
        state = contract_state(news.contract_type, news.status)
        self._news[news.symbol] = state, self._clock.monotonic_ms()
        self._apply(news.symbol, state)
        self._tell_changes()
        self.read_soon()

    def _apply(self, symbol: str, state: ContractState) -> None:
        trading_pair = self._pair_rules.pair_of(symbol)
        if trading_pair is not None:
            rule = self._pair_rules.rules[trading_pair]
            self._pair_rules.put(
                replace(
                    rule,
                    is_trading=state.is_trading,
                    status=state.status,
                    is_being_settled=state.is_being_settled,
                )
            )

    async def run(self) -> None:
        while True:
            await self._until_due()
            self._wanted.clear()
            try:
                await self.read()
            except ConnectorFault as fault:
                _LOG.warning("reading the trading rules: %s", fault)
                self._wanted.set()
                await asyncio.sleep(_APART_MS / 1000)

    async def _until_due(self) -> None:
        while True:
            since_ms = self._clock.monotonic_ms() - self._read_ms
            if since_ms >= (_APART_MS if self._wanted.is_set() else self._pace_s() * 1000):
                return
            if self._wanted.is_set():
                await asyncio.sleep((_APART_MS - since_ms) / 1000)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STEP_S):
                    await self._wanted.wait()

    def _pace_s(self) -> float:
        rules = self._pair_rules.rules.values()
        is_halted = any(not (rule.is_trading or rule.is_being_settled) for rule in rules)
        if is_halted and not self.hears_changes:
            return _HALTED_UNHEARD_EVERY_S
        if is_halted or not self.hears_changes or any(rule.reduce_only_sides for rule in rules):
            return _DOUBTFUL_EVERY_S
        return _RULES_EVERY_S

    def _tell_changes(self) -> None:
        for rule in tuple(self._pair_rules.rules.values()):
            before, now = self._told.get(rule.trading_pair), _standing(rule)
            self._told[rule.trading_pair] = now
            if before is None or before == now:
                continue
            reason = _words(rule, before)
            if not reason:
                continue
            _LOG.warning("%s", reason)
            event = TradingStatusEvent(
                self._clock.now_ms() / 1000, rule.trading_pair, rule.is_trading, rule.status,
                rule.is_being_settled, rule.reduce_only_sides, reason,
            )  # fmt: skip
            self._bus.publish((event,))


def _standing(rule: TradingRule) -> _Standing:
    """A pair that is being settled stays so, by whatever word."""
    word = "" if rule.is_trading else "settled" if rule.is_being_settled else rule.status
    return rule.is_trading, word, rule.reduce_only_sides


def _words(rule: TradingRule, before: _Standing) -> str:
    """What became of a pair, in a line."""
    pair, status = rule.trading_pair, rule.status
    if not rule.is_trading and rule.is_being_settled:
        return f"{pair} is being settled ({status}): no more orders; the exchange itself closes what is held"
    if not rule.is_trading:
        return f"{pair} does not trade ({status}): no orders until it does"
    sides = " and no opening ".join(f"{side.name.lower()}s" for side in rule.reduce_only_sides)
    controlled = f"takes no opening {sides} (POSITION_RISK_CONTROL); exits go on" if sides else ""
    if not before[0]:
        return f"{pair} trades again" + (f", but {controlled}" if controlled else "")
    return f"{pair} {controlled or 'takes opening orders of both sides again (POSITION_RISK_CONTROL)'}"
