"""The second factor of one domain, in its open store: switched on, asked, approved beforehand, switched off.

It is a lock of this program, not of the cipher: who has the password and reads the file with a program of his own is
not asked for a code.
"""

from collections.abc import Callable, Mapping

from connector.core.faults import ApprovalFault
from connector.core.secrets import Secret
from connector.keys.approvals import Approval, Approved, approvals_of, text_of, until
from connector.keys.factor_state import FactorState, hash_of
from connector.keys.machine_user import machine_user
from connector.keys.open_store import OpenStore
from connector.keys.recovery_codes import new_recovery_code, typed_recovery_code

_FACTOR, _APPROVALS = "factor", "approvals"
#: What is sealed by name, and what is to be (None: nothing).
Field = Callable[[str], str | None]
Fields = Mapping[str, str | None]
_CODES, _CODE_GROUPS = 10, 2


class SecondFactor:
    """Of the store that is open. What is judged is what lies in the file by then, under its lock: of two programs that
    take the same code one alone succeeds. Every method raises `KeyStoreFault`."""

    def __init__(self, store: OpenStore) -> None:
        self._store = store
        self._now_s = store.store.now_s

    def state(self) -> FactorState | None:
        """None where it is off."""
        self._store.reread()
        text = self._store.field(_FACTOR)
        return FactorState.of(text) if text else None

    def enable(self, secret: Secret, code: str, leverage_above: int) -> tuple[str, ...] | None:
        """Switches it on with a first code of the app; the recovery codes, shown once. None for a wrong code.

        Raises `ApprovalFault` where it is on already.
        """
        codes = tuple(new_recovery_code(_CODE_GROUPS) for _ in range(_CODES))
        state = FactorState(secret, tuple(map(hash_of, codes)), leverage_above).with_code(code, self._now_s())
        if state is None:
            return None

        def switched_on(field: Field) -> Fields:
            if field(_FACTOR):
                raise ApprovalFault(f"{self._store.domain}: the second factor is on already")
            return {_FACTOR: state.text(), _APPROVALS: None}

        self._store.rewrite(switched_on, second_factor="on")
        return codes

    def check(self, code: str, *, takes_recovery: bool = False) -> None:
        """Takes a code, and uses it up. Raises `ApprovalFault` where it is not good, or nothing may be tried yet."""
        wrong = ""

        def judged(field: Field) -> Fields:
            nonlocal wrong
            state, now_s = self._required(field), self._now_s()
            if pause := state.pause_left_s(now_s):
                raise ApprovalFault(f"{self._store.domain}: too many wrong codes; the next may be tried in {pause} s")
            tried = state.trying(now_s)
            good = tried.with_code(code, now_s)
            if good is None and takes_recovery:
                good = tried.with_recovery(typed_recovery_code(code).reveal())
            if good is None:
                pause = tried.pause_left_s(now_s)
                further = f"; the next may be tried in {pause} s" if pause else ""
                wrong = f"{self._store.domain}: the code is wrong, old or used already{further}"
            return {_FACTOR: (good or tried).text()}

        # It is on the disk, used up or counted, before anybody hears whether it was good.
        self._store.rewrite(judged)
        if wrong:
            raise ApprovalFault(wrong)

    def disable(self, code: str) -> None:
        """Switches it off by a code or a recovery code, approvals with it. Raises `ApprovalFault`."""
        self.check(code, takes_recovery=True)
        self._store.rewrite(lambda field: {_FACTOR: None, _APPROVALS: None}, second_factor="")

    def approve(self, what: Approved, bound: int, for_s: int) -> Approval:
        """Adds an approval of whoever runs this; those that are over go."""
        now_s = int(self._now_s())
        approval = Approval(what, bound, machine_user(), now_s, now_s + for_s)

        def added(field: Field) -> Fields:
            kept = (each for each in approvals_of(field(_APPROVALS)) if each.until_s > now_s)
            return {_APPROVALS: text_of((*kept, approval))}

        self._store.rewrite(added)
        return approval

    def revoke(self) -> int:
        """Ends all approvals; how many there were."""
        count = 0

        def ended(field: Field) -> Fields:
            nonlocal count
            count = len(approvals_of(field(_APPROVALS)))
            return {_APPROVALS: None}

        self._store.rewrite(ended)
        return count

    def approvals(self) -> tuple[Approval, ...]:
        """All that lie there, those that are over included."""
        self._store.reread()
        return approvals_of(self._store.field(_APPROVALS))

    def approved_until(self, what: Approved, bound: int = 0) -> int:
        """Until when (s since the epoch) it is approved; 0 where it is not. A clock set back approves nothing."""
        state = self.state()
        now_s = self._now_s()
        if state is not None and now_s < state.seen_s - 60:
            return 0
        return until(self.approvals(), what, bound, now_s)

    def saw_time(self) -> None:
        """Keeps the latest time that was seen: a clock set back later brings nothing to life again."""
        now_s = self._now_s()
        state = self.state()
        if state is not None and now_s > state.seen_s:
            self._store.rewrite(lambda field: {_FACTOR: self._required(field).seen(now_s).text()})

    def _required(self, field: Field) -> FactorState:
        text = field(_FACTOR)
        if not text:
            raise ApprovalFault(f"{self._store.domain}: the second factor is off; switch it on: connector 2fa enable")
        return FactorState.of(text)
