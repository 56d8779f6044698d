"""What a guess at a password costs: Argon2id (RFC 9106), its parameters in the file, with a floor and a ceiling."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from connector.core.secrets import Secret
from connector.keys.sealing import KEY_BYTES, SealingKey

SALT_BYTES: Final = 16
#: Nobody's file makes this machine take more.
_MOST_KIB: Final = 1_048_576
_MOST_ITERATIONS: Final = 16
_MOST_LANES: Final = 16


@dataclass(frozen=True, slots=True)
class Cost:
    """Memory (KiB), passes over it, and lanes that are worked on at once."""

    memory_kib: int
    iterations: int
    lanes: int

    def key_of(self, password: Secret, salt: bytes) -> SealingKey:
        """The key that a password makes with that salt: the same letters give the same key on every keyboard."""
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

        text = unicodedata.normalize("NFC", password.reveal()).encode()
        kdf = Argon2id(
            salt=salt, length=KEY_BYTES, iterations=self.iterations, lanes=self.lanes, memory_cost=self.memory_kib
        )
        return SealingKey(kdf.derive(text))

    def is_below(self, other: "Cost") -> bool:
        """Whether a guess is cheaper in memory, or in the work on it."""
        work, other_work = self.memory_kib * self.iterations, other.memory_kib * other.iterations
        return self.memory_kib < other.memory_kib or work < other_work


@dataclass(frozen=True, slots=True)
class CostRule:
    """What new slots cost (the second choice of RFC 9106, section 4), and the least that a file may ask for.

    Tests alone go below: by this constructor.
    """

    usual: Cost = Cost(65_536, 3, 4)
    least: Cost = Cost(65_536, 3, 1)

    def admits(self, cost: Cost) -> bool:
        """Whether a file may ask for it: no guess is made cheap, and this machine is not overwhelmed."""
        is_sane = cost.memory_kib <= _MOST_KIB and cost.iterations <= _MOST_ITERATIONS and cost.lanes <= _MOST_LANES
        return is_sane and cost.lanes >= 1 and cost.memory_kib >= 8 * cost.lanes and not cost.is_below(self.least)
