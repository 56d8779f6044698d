"""Recovery codes: 125 random bits in five groups of five letters, none of which is read as another."""

import secrets
from typing import Final

from connector.core.secrets import Secret

#: Crockford's base 32: no I, L, O, U.
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS: Final = 5
_MISREAD: Final = str.maketrans({"I": "1", "L": "1", "O": "0"})


def new_recovery_code(groups: int = _GROUPS) -> str:
    """As it is shown and written down, such as `7K2QD-M9XAR-…`."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(groups))


def typed_recovery_code(text: str) -> Secret:
    """What somebody typed, with the slips of reading and writing undone."""
    letters = "".join(text.split()).replace("-", "").upper().translate(_MISREAD)
    return Secret("-".join(letters[at : at + 5] for at in range(0, len(letters), 5)))
