"""The trading floor: engine, members, streams, background and faults at one place, driven by calls and pulses.

Everything is synchronous. Sockets hand requests in and take frames out; `pulse` is called many times a second.
"""

import secrets
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from connector.simulator.accounts import Account
from connector.simulator.background import MAKERS, STEP_MS, TAKERS, Background, Command, Post
from connector.simulator.engine import Engine
from connector.simulator.faults import Armed, Faults
from connector.simulator.fixed_point import E8, to_e8
from connector.simulator.hub import Hub
from connector.simulator.keys import Pair, Rights
from connector.simulator.market_feed import MarketFeed
from connector.simulator.members import ListenKeys, Member, Members
from connector.simulator.pace import Pace
from connector.simulator.refusals import Refusal
from connector.simulator.settings import SimulatorSettings
from connector.simulator.user_feed import UserFeed
from connector.simulator.whole_market_feed import WholeMarketFeed

#: The background's own accounts have this many USDT each: never short of margin.
HOUSE_DEPOSIT_E8 = 10**12 * E8
#: Steps that one pulse may make up for; beyond so much lateness the background runs late instead of ever faster.
MOST_STEPS_A_PULSE, MOST_LATE_STEPS = 40, 1200

Result = TypeVar("Result")


class TradingFloor:
    """One life of the exchange, named by `life`. `member` is the ready-made account's key."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self.settings = settings
        self._clock = settings.clock
        self.faults = Faults(self._strike)
        now_ms = self.now_ms()
        self.engine = Engine(
            now_ms,
            settings.instruments,
            round(settings.funding_first_s * 1000),
            round(settings.funding_interval_s * 1000),
            to_e8(settings.insurance_fund),
        )
        for symbol, hours in settings.funding_hours.items():
            self.engine.listing(symbol).quotes.funding.hours = hours
        self.hub = Hub(self._clock.monotonic_ms)
        self.members = Members()
        self.listen_keys = ListenKeys()
        self.pace = Pace(
            enforced=settings.limits, times=settings.limits_times, first_ban_ms=round(settings.first_ban_s * 1000)
        )
        self.background = Background(settings.seed, settings.instruments)
        self.refused_background_commands = 0
        self._house = [
            self.engine.open_account(HOUSE_DEPOSIT_E8, now_ms, is_house=True) for _ in range(MAKERS + TAKERS)
        ]
        self._late_from_ms = self._clock.monotonic_ms() - STEP_MS
        self._feeds = {
            symbol: MarketFeed(listing, self.hub, self.faults) for symbol, listing in self.engine.listings.items()
        }
        self._whole = WholeMarketFeed(self.engine.listings, self.engine.prints, self.hub)
        self._users = UserFeed(
            self.engine.listings,
            self.hub,
            self.faults,
            lambda account_id: self.listen_keys.of(account_id, self.now_ms()),
        )
        self.member = self.admit(settings.deposit)
        self.life = secrets.token_hex(8)

    def now_ms(self) -> int:
        """The exchange's clock, with its skew where one is armed."""
        return self._clock.now_ms() + self.faults.standing_ms("clock_skew")

    def admit(self, deposit: Decimal, pair: Pair | None = None, rights: Rights | None = None) -> Member:
        """A new account with that many USDT, and its key: an HMAC one, or one that signs with `pair`."""
        now_ms = self.now_ms()
        account = self.engine.open_account(to_e8(deposit), now_ms)
        return self.members.admit(account.account_id, pair, rights, now_ms)

    def account(self, member: Member) -> Account:
        return self.engine.accounts[member.account_id]

    def act(self, action: Callable[[Engine, int], Result]) -> Result:
        """Lets `action` work on the engine at the present time, and tells everybody what came of it."""
        try:
            return action(self.engine, self.now_ms())
        finally:
            self.tell()

    def tell(self) -> None:
        """Publishes what happened and is told in real time."""
        now_ms = self.now_ms()
        self._users.tell(self.engine.drain(), now_ms)
        self._tell_market(now_ms)

    def _tell_market(self, now_ms: int) -> None:
        """Tells of the symbols whose books moved."""
        touched = self.engine.ids.touched
        for symbol in touched:
            self._feeds[symbol].happened(now_ms)
        touched.clear()

    def pulse(self) -> None:
        """Background steps that are due, prices, funding, expiries, and the streams that go by time."""
        now_ms = self.now_ms()
        if self.settings.background:
            self._run_background(now_ms)
        else:
            self.engine.move_prices({}, now_ms)
        self.engine.algos.triggering_ms = self.faults.standing_ms("algo_triggering")
        self.engine.advance(now_ms)
        for key in self.listen_keys.expired(now_ms):
            self._users.tell_expired(key, now_ms)
        self.tell()
        for feed in self._feeds.values():
            feed.tick(now_ms)
        self._whole.tick(now_ms)

    def end_listen_key(self, key: str) -> None:
        """Tells the listeners of a deleted key."""
        self._users.tell_expired(key, self.now_ms())

    def _run_background(self, now_ms: int) -> None:
        """Missed steps are made up for, a bounded number a pulse; step numbers are never skipped."""
        due = (self._clock.monotonic_ms() - self._late_from_ms) // STEP_MS
        if due > MOST_LATE_STEPS:
            self._late_from_ms += (due - MOST_LATE_STEPS) * STEP_MS
        for _ in range(min(due, MOST_STEPS_A_PULSE)):
            self._late_from_ms += STEP_MS
            step = self.background.step()
            for command in step.commands:
                self._obey(command, now_ms)
            self.engine.move_prices(step.index_e8, now_ms)

    def _obey(self, command: Command, now_ms: int) -> None:
        """One command of the background by the same door as everybody's; refusals are only counted."""
        account_id = self._house[command.account].account_id
        try:
            if isinstance(command, Post):
                self.engine.place(account_id, command.request, now_ms)
            else:
                self.engine.cancel(account_id, command.symbol, None, command.client_order_id, now_ms)
        except Refusal:
            self.refused_background_commands += 1
        self._users.tell(self.engine.drain(), now_ms)
        self._tell_market(now_ms)

    def _strike(self, fault: Armed) -> None:
        if fault.name == "cut_sockets":
            self.hub.cut_all()
        elif fault.name == "half_open":
            self.hub.freeze(fault.ms)
        elif fault.name == "silent_stream":
            self.hub.silence(fault.stream, fault.ms)
        elif fault.name == "listen_key_expired":
            for key in self.listen_keys.end_all():
                self.end_listen_key(key)
