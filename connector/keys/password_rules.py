"""What a password of a key store has to be, and a hint about one that is soon guessed."""

from typing import Final

from connector.core.secrets import Secret

LEAST_LETTERS: Final = 12
#: What the library reads; more is only stronger.
_MOST_READ: Final = 72
#: From this guess count on nothing is said: 10**10 guesses, each at the cost of a slot.
_GOOD_SCORE: Final = 3
_OWN_WORDS: Final = ["binance", "perpetual", "connector", "testnet", "trading"]


def too_short(password: Secret) -> str:
    """What is wrong with it; empty when it will do."""
    found = len(password.reveal())
    return f"a password has at least {LEAST_LETTERS} letters, this one {found}" if found < LEAST_LETTERS else ""


def hint_about(password: Secret) -> str:
    """Why it is soon guessed, and what would be better; empty for a strong one."""
    # Its tables take 20 ms to load: only who chooses a password waits for them.
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]

    found = zxcvbn(password.reveal()[:_MOST_READ], user_inputs=_OWN_WORDS)
    if found["score"] >= _GOOD_SCORE:
        return ""
    said = [found["feedback"]["warning"], *found["feedback"]["suggestions"]]
    words = " ".join(line if line.endswith(".") else f"{line}." for line in said if line)
    return f"this password is soon guessed. {words}".strip()
