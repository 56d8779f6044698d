"""Why the venue refuses a key or a signed request, the likeliest first, and what mends it.

The venue has one number for several causes; which of them it was, it does not say. Source: "Error codes", as of
2026-11, and what users of such keys met.
"""

import re
from typing import Final, NamedTuple

from connector.venue.domains import DOMAINS, Domain


class Causes(NamedTuple):
    """Of one number."""

    causes: tuple[str, ...]
    remedy: str


#: The key itself is not taken: nothing but a person mends it.
KEY_REFUSALS: Final = frozenset({-1002, -1011, -1022, -1099, -2008, -2014, -2015, -2017})
#: The same of one that was taken before: it ended, or is used from elsewhere.
KEY_ENDS: Final = KEY_REFUSALS - {-1002, -1022}
#: Of these the venue may have one for any of the others' causes.
_OTHER_DOMAIN: Final = frozenset({-2008, -2014, -2015})
_SEEN_AS: Final = re.compile(r"request ip: ([0-9A-Fa-f:.]+)")
#: Causes that are none where the wallet has just answered the same key from the same address.
_ANSWERED_BY_WALLET: Final = ("the key was deleted or has expired", "this machine's address is not on the key's list")

_CAUSES: Final[dict[int, Causes]] = {
    -2014: Causes(
        (
            "key and secret were swapped",
            "the key was copied with a space, or not wholly",
            "it is the key of another exchange",
        ),
        "copy the key again; it has 64 letters and digits",
    ),
    -2015: Causes(
        (
            *_ANSWERED_BY_WALLET[1:],
            "futures are not enabled on the key",
            *_ANSWERED_BY_WALLET[:1],
            "the account is a portfolio margin account, whose keys work elsewhere",
        ),
        "look at the key in the exchange's API management: its addresses, Enable Futures, its end",
    ),
    -2008: Causes(
        ("the key was deleted or has expired",),
        "make a key where the domain's keys are made, and connect it",
    ),
    -1022: Causes(
        (
            "the secret belongs to another key",
            "the secret was copied with a space, or not wholly",
            "the key is of another kind than its secret: HMAC, RSA or Ed25519",
        ),
        "copy key and secret again; of an RSA or Ed25519 key the private half is needed, and its public half there",
    ),
    -1021: Causes(
        ("this machine's clock is wrong", "the way to the exchange takes longer than recv_window"),
        "let the machine keep its time by NTP; a longer recv_window helps on a slow line",
    ),
    -1002: Causes(("the key lacks the permission for this",), "give it the permission in the API management"),
    -1011: Causes(
        ("this machine's address is not on the key's list",), "put the address on the key's list, or use that machine"
    ),
    -1099: Causes(("the key was deleted or has expired",), "make a new key"),
    -2017: Causes(("all keys of the account were locked",), "unlock them at the exchange"),
    -4109: Causes(
        ("the futures account was never opened, or is asleep",), "open it at the exchange and transfer any amount in"
    ),
    -4087: Causes(("the account may only reduce positions",), "ask the exchange why"),
    -4088: Causes(("the account may not trade",), "ask the exchange why"),
    -4192: Causes(("the account is in the cooling-off period that its holder set",), "wait for its end"),
    -4402: Causes(("futures are not offered where the account's holder lives",), ""),
    -4411: Causes(
        ("the agreement about contracts on traditional finance is not signed",), "sign it: connector agreement sign"
    ),
}


def causes_of(code: int, domain: Domain, text: str = "", *, wallet_answered: bool = False) -> Causes:
    """Of a refusal at one domain; none for a number that says what it means. `text`: the venue's words, in which it
    tells as whom it sees this machine; `wallet_answered`: the same key was just taken by the wallet's host."""
    found = _CAUSES.get(code)
    if found is None:
        return Causes((), "")
    causes = found.causes
    if wallet_answered:
        causes = tuple(cause for cause in causes if cause not in _ANSWERED_BY_WALLET) or causes
    elif code in _OTHER_DOMAIN:
        others = " or ".join(row.title for row in DOMAINS.values() if row.name != domain.name and not row.is_local)
        causes = (f"it is a key of another domain ({others}): each has keys of its own", *causes)
    seen = _SEEN_AS.search(text)
    if seen is not None:
        causes = tuple(f"{cause} (the exchange sees {seen[1]})" if "address" in cause else cause for cause in causes)
    return Causes(causes, found.remedy)
