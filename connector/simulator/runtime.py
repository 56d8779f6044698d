"""One exchange at run time: engine, keys, streams, background and faults at one place, driven by calls and pulses.

Everything is synchronous. Sockets hand requests in and take frames out; `pulse` is called many times a second. Whoever
has requests to answer meanwhile takes the `pieces` instead, which are the same work in small parts.
"""

import logging
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TypeVar

from connector.simulator.access.api_keys import ApiKey, ListenKeys
from connector.simulator.access.rate_limits import RateLimits
from connector.simulator.access.signatures import Pair, Rights
from connector.simulator.account_faults import AccountFaults
from connector.simulator.accounts.accounts import Account
from connector.simulator.background.background import Background
from connector.simulator.contract_controls import ContractControls
from connector.simulator.contract_faults import ContractFaults
from connector.simulator.engine import Engine
from connector.simulator.fault_injection.fault_script import FaultScript
from connector.simulator.fault_injection.faults import Armed, CannotStrike, Effect, Faults
from connector.simulator.fault_injection.late_actions import LateActions
from connector.simulator.fault_injection.latency import latency_in
from connector.simulator.fixed_point import to_e8
from connector.simulator.persistence.epoch import begun, saved, saved_aside
from connector.simulator.replicas import Replicas
from connector.simulator.settings import SimulatorSettings
from connector.simulator.streams.hub import Hub
from connector.simulator.streams.market_feed import MarketFeed
from connector.simulator.streams.user_feed import UserFeed
from connector.simulator.streams.whole_market_feed import WholeMarketFeed
from connector.simulator.trails import Trails

_LOG = logging.getLogger(__name__)
Result = TypeVar("Result")
#: Of two clocks that are read one after the other, one may be so much further.
JITTER_MS = 20
_OVER = object()
#: Symbols whose streams go out in one piece of a pulse.
FEEDS_A_PIECE = 50

RECORDING_OVER = "the recording is over: its last book stands and nobody else trades; start again to play it anew"


class Runtime:
    """One epoch of the exchange, driven by requests and pulses."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self.settings = settings
        self._clock = settings.clock
        self.faults = Faults(self._take_effect, self.steady_ms)
        self.late = LateActions(self.steady_ms)
        self._epoch = begun(settings, self.now_ms(), self._clock.monotonic_ms())
        # The epoch's name is new at each start; the default key is the ready-made account's.
        self.epoch_name, self.engine, self.market = self._epoch.name, self._epoch.engine, self._epoch.market
        self.api_keys, self.default_key = self._epoch.api_keys, self._epoch.default_key
        self.hub = Hub(
            self._clock.monotonic_ms, latency_in(settings.event_latency, f"{settings.seed} events"), self.faults
        )
        self.ack_latency = latency_in(settings.ack_latency, f"{settings.seed} acks")
        self._pulse_due_ms = self._clock.monotonic_ms()
        self.listen_keys = ListenKeys()
        self.rate_limits = RateLimits(
            enforced=settings.limits,
            times=settings.limits_times,
            first_ban_ms=round(settings.first_ban_s * 1000),
            steady_ms=self.steady_ms,
        )
        self._feeds = {
            symbol: MarketFeed(listing, self.hub, self.faults) for symbol, listing in self.engine.listings.items()
        }
        self.trails = Trails(self.engine)
        self._whole = WholeMarketFeed(self.engine.listings, self.engine.prints, self.hub, self.engine.collateral)
        self._users = UserFeed(
            self.engine.listings,
            self.hub,
            self.faults,
            lambda account_id: self.listen_keys.of(account_id, self.steady_ms()),
            self.late,
        )
        self._contracts = ContractFaults(self.engine, self.now_ms, self._clock.monotonic_ms)
        self.account_faults = AccountFaults(self.engine, self.now_ms)
        self.replicas = Replicas(self.engine, self.steady_ms)
        self._effects = self._effects_by_name()
        self._script, self._began_ms = FaultScript(settings.fault_script), self._clock.monotonic_ms()
        self._ahead_ms = self.now_ms() - self.steady_ms()

    def _effects_by_name(self) -> dict[str, Effect]:
        """What faults do when they are armed and, where they last, when they go."""
        return {
            "cut_sockets": lambda fault: self.hub.cut_all(),
            "half_open": lambda fault: self.hub.freeze(fault.ms if fault.times else 0),
            "silent_stream": lambda fault: self.hub.silence(fault.stream, fault.ms if fault.times else 0),
            "ws_api_down": lambda fault: self.hub.cut_all(takes_orders=True) if fault.times else None,
            "outage": lambda fault: self.hub.cut_all() if fault.times else None,
            "key_revoked": self._end_keys_of,
            "orders_used_up": lambda fault: self.rate_limits.leave_orders(fault.left if fault.times else None),
            "weight_used_up": lambda fault: self.rate_limits.leave(fault.left if fault.times else None),
            "ids_fall": lambda fault: self._drop_ids(),
            "na_trades": self._tell_void_trades,
            "listen_key_expired": lambda fault: self._end_listen_keys(),
            "listen_key_deleted": lambda fault: self._delete_listen_keys(),
            **self._contracts.by_name,
            **ContractControls(self.engine).by_name,
            **self.account_faults.by_name,
            **self.replicas.by_name,
        }

    @property
    def background(self) -> Background:
        """The seeded market's own side; an empty one where a recording is the market."""
        return self.market.background

    @property
    def has_market(self) -> bool:
        """Whether anybody but the holders of keys trades here."""
        settings = self.settings
        return settings.background or settings.replay is not None or settings.growing_replay is not None

    @property
    def notice(self) -> str:
        """What whoever runs the exchange should know of its market; mostly nothing."""
        return RECORDING_OVER if self.has_market and self.market.is_over else ""

    def keep(self) -> None:
        """Writes the life to its state file, where it has one. Raises OSError."""
        if self.settings.state:
            saved(self._epoch, self.settings.state, self._clock.monotonic_ms())

    async def keep_aside(self) -> None:
        """`keep`, as the life is now, while it goes on."""
        if self.settings.state:
            await saved_aside(self._epoch, self.settings.state, self._clock.monotonic_ms())

    def close(self) -> None:
        """Ends the life: its journal is closed, its state kept. Raises OSError."""
        self.replicas.end()
        if self._epoch.journal:
            self._epoch.journal.close()
        self.keep()

    def now_ms(self) -> int:
        """The exchange's clock, with its skew where one is armed."""
        return self._clock.now_ms() + self.faults.standing_ms("clock_skew")

    def steady_ms(self) -> int:
        """The clock that never steps: what lasts for a time is counted by it."""
        return self._clock.monotonic_ms()

    def admit(self, deposit: Decimal, pair: Pair | None = None, rights: Rights | None = None) -> ApiKey:
        """A new account with that many USDT, and its key: an HMAC one, or one that signs with `pair`."""
        now_ms = self.now_ms()
        account = self.engine.open_account(to_e8(deposit), now_ms)
        return self.api_keys.admit(account.account_id, pair, rights, now_ms)

    def account(self, sender: ApiKey) -> Account:
        return self.engine.accounts[sender.account_id]

    def act(self, action: Callable[[Engine, int], Result]) -> Result:
        """Lets `action` work on the engine at the present time, and publishes what came of it."""
        try:
            return action(self.engine, self.now_ms())
        finally:
            self.publish()

    def publish(self) -> None:
        """Sends what happened to the streams that go in real time."""
        now_ms = self.now_ms()
        self._users.publish(self.engine.drain(), now_ms)
        touched = self.engine.ids.touched
        for symbol in touched:
            self._feeds[symbol].happened(now_ms)
        touched.clear()

    def fill_oldest(self, api_key: str, symbol: str) -> None:
        """Fills the oldest resting order of that key's account, and publishes it."""
        sender = self.api_keys.find(api_key)
        if sender is not None:
            self.account_faults.fill_oldest(self.account(sender), symbol)
            self.publish()

    def trade(self) -> None:
        """What the market does that is due; costs nothing where nothing is."""
        for _ in self.trading():
            pass

    def trading(self) -> Iterator[None]:
        """`trade` in pieces."""
        if self.has_market:
            yield from self.market.play(self._clock.monotonic_ms(), self.now_ms, self.publish)

    def pieces(self) -> Iterator[bool]:
        """What is due by time, for ever: a piece of the market and one of the beat in turn; False while nothing is due.

        So neither waits for the other, however much there is to do.
        """
        trading: Iterator[None] | None = None
        beat: Iterator[None] | None = None
        while True:
            now_ms = self._clock.monotonic_ms()
            if trading is None and now_ms >= self.next_ms():
                trading = self.trading()
            if beat is None and now_ms >= self._pulse_due_ms:
                beat = self.beat()
            if trading is not None:
                trading = _after_a_piece(trading)
                yield True
            beat = _after_a_piece(beat)
            yield trading is not None or beat is not None

    def pulse(self) -> None:
        """The market and a `beat`, in one go."""
        self.trade()
        for _ in self.beat():
            pass

    def beat(self) -> Iterator[None]:
        """Scripted faults, prices, funding and expiries when due, and the streams that go by time, in pieces."""
        self._next_pulse()
        self._arm_scripted()
        self.faults.end_what_is_over()
        self.late.run()
        now_ms = self.now_ms()
        self._heed_step_back(now_ms)
        if not self.has_market:
            self.engine.move_prices({}, now_ms)
        triggering_ms = self.faults.standing_ms("algo_triggering")
        if triggering_ms != self.engine.algos.triggering_ms:
            self.engine.delay_triggers(triggering_ms)
        self.engine.advance(now_ms)
        for key in self.listen_keys.expired(self.steady_ms()):
            self._users.publish_expired(key, now_ms)
        self._contracts.advance()
        self.replicas.advance()
        self.publish()
        self.hub.release()
        yield
        for number, feed in enumerate(self._feeds.values(), 1):
            feed.tick(self.now_ms())
            if number % FEEDS_A_PIECE == 0:
                yield
        yield from self._whole.pieces(self.now_ms())
        self.trails.tick(self.now_ms())

    def next_ms(self) -> float:
        """When the steady clock makes something due: the market's next command, or the next pulse."""
        due_ms = self.next_pulse_ms
        return min(due_ms, self.market.next_ms()) if self.has_market else due_ms

    @property
    def next_pulse_ms(self) -> float:
        return self._pulse_due_ms

    def _next_pulse(self) -> None:
        """Pulses lie on the grid of the exchange's clock, as the streams' moments do, so that one that is late
        delays what is due with it and nothing after that.
        """
        every_ms = self.settings.pulse_ms
        self._pulse_due_ms = self._clock.monotonic_ms() + every_ms - self.now_ms() % every_ms

    def end_listen_key(self, key: str) -> None:
        """Tells the listeners of a deleted key."""
        self._users.publish_expired(key, self.now_ms())

    def _arm_scripted(self) -> None:
        for row in self._script.due(self._clock.monotonic_ms() - self._began_ms):
            try:
                struck = self.faults.take_up(row.fault)
            except CannotStrike as flaw:
                _LOG.warning("script of faults, at %g s: %s", row.at_s, flaw)
                continue
            if struck == 0 or self._strikes_no_key(row.fault):
                _LOG.warning("script of faults, at %g s: %s struck nothing", row.at_s, row.fault.name)

    def _strikes_no_key(self, fault: Armed) -> bool:
        return bool(fault.times and fault.api_key) and self.api_keys.find(fault.api_key) is None

    def _heed_step_back(self, now_ms: int) -> None:
        """Tells the engine where the clock stepped back; what steps forward finds more to be due."""
        ahead_ms = now_ms - self.steady_ms()
        if ahead_ms < self._ahead_ms - JITTER_MS:
            self.engine.step_back(self._ahead_ms - ahead_ms)
        self._ahead_ms = ahead_ms

    def _take_effect(self, fault: Armed) -> int | None:
        """Does what a fault does at once; most standing ones do nothing by themselves."""
        effect = self._effects.get(fault.name)
        return None if effect is None else effect(fault)

    def _drop_ids(self) -> int:
        """How many contracts' ids fell."""
        if not self.engine.ids.can_fall:
            raise CannotStrike("ids_fall: ids have no room left to fall; begin a new life of the exchange")
        self.engine.drop_ids()
        return len(self.engine.listings)

    def _end_keys_of(self, fault: Armed) -> None:
        """Ends the listen keys of a key that is revoked, of all without one."""
        sender = self.api_keys.find(fault.api_key)
        if not fault.times:
            return
        if not fault.api_key:
            self._end_listen_keys()
        elif sender is not None and (key := self.listen_keys.delete(sender.account_id)) is not None:
            self.end_listen_key(key)

    def _tell_void_trades(self, fault: Armed) -> int:
        feeds = [(symbol, feed) for symbol, feed in self._feeds.items() if fault.strikes(symbol)]
        for symbol, feed in feeds:
            trade_id, aggregate_id = self.engine.skip_trade_ids(symbol, fault.count)
            feed.tell_void_trades(trade_id, aggregate_id, fault.count, self.now_ms())
        return len(feeds)

    def _end_listen_keys(self) -> int:
        keys = self.listen_keys.end_all()
        for key in keys:
            self.end_listen_key(key)
        return len(keys)

    def _delete_listen_keys(self) -> int:
        """A deleted key's stream is closed, too ("Close user data stream")."""
        keys = self.listen_keys.end_all()
        for key in keys:
            self.end_listen_key(key)
            self.hub.close_stream(key)
        return len(keys)


def _after_a_piece(work: Iterator[None] | None) -> Iterator[None] | None:
    """What is left of `work` when one more piece is done; None when that was all."""
    return work if work is not None and next(work, _OVER) is not _OVER else None
