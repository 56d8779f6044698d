"""Where a second factor is asked for: a fresh code at the terminal, or what was approved beforehand."""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from connector.bot.keys.key_home import KeyHome
from connector.bot.keys.prompts import Abandoned, Terminal, Unanswered
from connector.core.faults import ApprovalFault, KeyStoreFault, NoKeyFault
from connector.exchange.account.factor_permit import EVERYTHING, Permit
from connector.keys.approvals import Approved
from connector.keys.open_store import OpenStore
from connector.keys.second_factor import SecondFactor

_LOG = logging.getLogger(__name__)
_READ_EVERY_S: Final = 5.0
#: How long a code is waited for at a start, from the last key on, and how long it covers more than the unlock.
_ASKED_FOR_S: Final = 60.0
_CODE_HOLDS_S: Final = 8 * 3_600.0


def passed_with_code(keys: KeyHome, store: OpenStore, purpose: str) -> None:
    """Asks for a fresh code, where the factor is on; no approval serves for this. Raises `ApprovalFault`."""
    if SecondFactor(store).state() is not None:
        if keys.terminal is None:
            keys.record("refused", store.domain, f"{purpose}: no code", store)
            raise ApprovalFault(f"{store.domain}: {purpose} needs a code of the second factor, typed at a terminal")
        _asked(keys, store, purpose, keys.terminal)


def passed_at_unlock(keys: KeyHome, store: OpenStore, leverage: int | None = None, also: str = "") -> Permit:
    """The gate before a domain's key leaves its store, and what the run may do then. `also` is what no approval serves
    for: a code is asked for then in any case.

    Who is not approved beforehand is asked for a code, for a minute. A leverage above the threshold stops no run that
    is approved: nothing opens at it until it is approved, too. Raises `ApprovalFault` where nobody has approved it and
    nobody gives a code.
    """
    factor = SecondFactor(store)
    state = factor.state()
    if state is None:
        return EVERYTHING
    factor.saw_time()
    is_above = leverage is not None and leverage > state.leverage_above
    wants = ", ".join(("unlock", *([f"leverage {leverage}"] if is_above else []), *([also] if also else [])))
    code = _Code(0, 0.0, store.store.now_s)
    if also or not factor.approved_until(Approved.UNLOCK):
        _asked_at_start(keys, store, wants, also)
        code = _Code(leverage or 0, store.store.now_s(), store.store.now_s)
    approvals = _Approvals(factor, store.store.now_s)
    return Permit(
        domain=store.domain,
        leverage_above=state.leverage_above,
        approves_leverage=lambda wanted: code.covers(wanted) or approvals.leverage(wanted),
        approves_modes=lambda: code.covers(0) or approvals.modes(),
    )


def _asked_at_start(keys: KeyHome, store: OpenStore, wants: str, also: str) -> None:
    """A terminal may have nobody before it (a container's, one that was left): it is not waited at for ever."""
    if keys.terminal is not None:
        try:
            _asked(keys, store, wants, keys.terminal, _ASKED_FOR_S)
        except Unanswered:
            keys.terminal.say(f"nobody gave a code within {_ASKED_FOR_S:g} s")
        else:
            return
    keys.record("refused", store.domain, f"{wants}: no code" if also else "unlock: no approval", store)
    if also:
        raise ApprovalFault(f"{store.domain}: {also} needs a code of the second factor, typed at a terminal")
    raise ApprovalFault(
        f"{store.domain}: a second factor is on, and nobody gave a code here; approve it beforehand, at a terminal: "
        f"connector approve unlock --domain {store.domain} --for 30d"
    )


@dataclass(frozen=True, slots=True)
class _Code:
    """One that was given at the start: it covers modes, and leverage up to what it was asked for, and not for good."""

    leverage: int
    #: Seconds since the epoch; long ago: none was given.
    at_s: float
    now_s: Callable[[], float]

    def covers(self, leverage: int) -> bool:
        """Whether it does now; 0: of modes."""
        return leverage <= self.leverage and 0 <= self.now_s() - self.at_s < _CODE_HOLDS_S


class _Approvals:
    """As they lie in the store by now. Asked at every tick: the store is read again now and then alone, so that one
    that was revoked, or has come, counts a moment later."""

    def __init__(self, factor: SecondFactor, now_s: Callable[[], float]) -> None:
        self._factor = factor
        self._now_s = now_s
        #: Until when, by what and how far.
        self._known: dict[tuple[Approved, int], float] = {}
        self._read_s = -math.inf

    def leverage(self, leverage: int) -> bool:
        """Whether it is approved now."""
        return self._holds(Approved.LEVERAGE, leverage)

    def modes(self) -> bool:
        """Whether changes of the account's modes are."""
        return self._holds(Approved.MODES, 0)

    def _holds(self, what: Approved, bound: int) -> bool:
        now_s = self._now_s()
        if not 0 <= now_s - self._read_s < _READ_EVERY_S:
            self._known.clear()
            self._read_s = now_s
        if (what, bound) not in self._known:
            try:
                self._known[what, bound] = self._factor.approved_until(what, bound)
            except (KeyStoreFault, NoKeyFault) as fault:
                _LOG.warning("approvals can't be read: %s", fault)
                self._known[what, bound] = 0.0
        return now_s < self._known[what, bound]


def _asked(keys: KeyHome, store: OpenStore, purpose: str, terminal: Terminal, within_s: float | None = None) -> None:
    """Asks until a code is good, or nothing may be tried for a while. Raises `ApprovalFault`, and `Unanswered` where
    nothing is typed for `within_s`."""
    factor = SecondFactor(store)
    while True:
        try:
            factor.check(terminal.hidden(f"Enter the code of your second factor ({purpose}) >>> ", within_s))
        except Unanswered:
            raise
        except Abandoned:
            raise ApprovalFault(f"{store.domain}: no code was given") from None
        except ApprovalFault as fault:
            keys.record("refused", store.domain, f"{purpose}: wrong code", store)
            state = factor.state()
            if state is None or state.pause_left_s(store.store.now_s()):
                raise
            terminal.say(str(fault))
        else:
            keys.record("passed second factor", store.domain, purpose, store)
            return
