"""The second factor's state, as it is sealed: its secret, what was used, and how often somebody guessed.

a try is counted, on the disk, before it is answered       no kill gives one for nothing
a code's step must lie behind the last one used            a code serves once
and not before the latest time that was ever seen          a clock that is set back brings none to life again
five wrong ones, then a pause that doubles to a day        by the clock; set back, the pause begins anew
"""

import hashlib
import json
import math
from dataclasses import dataclass, field, fields, replace
from typing import Final

from connector.core.secrets import Secret
from connector.keys.one_time_codes import STEP_S, step_of

FREE_TRIES: Final = 5
_FIRST_PAUSE_S: Final = 30
_LONGEST_PAUSE_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class FactorState:
    """Times in seconds since the epoch."""

    secret: Secret = field(repr=False)
    #: Hashes of recovery codes that were not used yet.
    recovery: tuple[str, ...]
    #: Above which leverage it is asked for.
    leverage_above: int = 50
    last_step: int = 0
    failures: int = 0
    #: When the last try was made.
    tried_s: int = 0
    #: The latest time that was ever seen.
    seen_s: int = 0

    def pause_left_s(self, now_s: float) -> int:
        """How long nothing is tried yet; 0 where something may be."""
        if self.failures < FREE_TRIES:
            return 0
        pause = min(_FIRST_PAUSE_S << min(self.failures - FREE_TRIES, 20), _LONGEST_PAUSE_S)
        passed = now_s - self.tried_s
        return pause if passed < 0 else max(0, math.ceil(pause - passed))

    def trying(self, now_s: float) -> "FactorState":
        """Before a code is looked at: one more failure, which a good code takes back."""
        return replace(self.seen(now_s), failures=self.failures + 1, tried_s=int(now_s))

    def seen(self, now_s: float) -> "FactorState":
        """After the clock has told that time."""
        return replace(self, seen_s=max(self.seen_s, int(now_s)))

    def with_code(self, code: str, now_s: float) -> "FactorState | None":
        """After a good one-time code; None for any other."""
        oldest = max(self.last_step, self.seen_s // STEP_S - 2)
        step = step_of(self.secret, code, now_s, oldest)
        return None if step is None else replace(self, last_step=step, failures=0)

    def with_recovery(self, code: str) -> "FactorState | None":
        """After a recovery code, which serves no second time; None for any other."""
        used = hash_of(code)
        if used not in self.recovery:
            return None
        return replace(self, recovery=tuple(each for each in self.recovery if each != used), failures=0)

    def text(self) -> str:
        row = {each.name: getattr(self, each.name) for each in fields(self)}
        return json.dumps({**row, "secret": self.secret.reveal()})

    @classmethod
    def of(cls, text: str) -> "FactorState":
        row = json.loads(text)
        return cls(**{**row, "secret": Secret(row["secret"]), "recovery": tuple(row["recovery"])})


def hash_of(recovery_code: str) -> str:
    """How a recovery code is kept: what is sealed opens none."""
    return hashlib.sha256(recovery_code.encode()).hexdigest()
