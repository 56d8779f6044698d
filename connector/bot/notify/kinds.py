"""What a message may be about, and how one says which of it is wanted."""

from enum import StrEnum

from connector.core.faults import ConfigFault

OPTION = "--notify"
USUAL_WORD, EVERY_WORD = "usual", "all"


class Kind(StrEnum):
    """What a message is about."""

    RUN = "run"
    MARGIN = "margin"
    LIMIT = "limit"
    BAN = "ban"
    LOST = "lost"
    OPENINGS = "openings"
    STATUS = "status"
    ACCOUNT = "account"
    FUNDING = "funding"
    FILL = "fill"


MEANINGS = {
    Kind.RUN: "a run began, or ended, and how",
    Kind.MARGIN: "margin calls, liquidations with their cost, auto-deleveraging, positions that differ from the trades",
    Kind.LIMIT: "a limit of the settings was struck, and what follows",
    Kind.BAN: "the exchange wants silence, or no new orders",
    Kind.LOST: "the exchange was lost, and is back",
    Kind.OPENINGS: "no order leaves that opens, and why (refusals, a limit, a person), or they go again",
    Kind.STATUS: "a contract is halted, delisted or trades again",
    Kind.ACCOUNT: "what another hand did on the account: trades, transfers, leverage, modes",
    Kind.FUNDING: "funding that was paid or received",
    Kind.FILL: "own trades",
}
#: What comes with every settlement and every trade is not among them.
USUAL = frozenset(Kind) - {Kind.FUNDING, Kind.FILL}


def kinds_of(text: str) -> frozenset[Kind]:
    """What `usual`, `all`, or names separated by commas mean. Raises `ConfigFault`."""
    wanted: set[Kind] = set()
    for word in (part.strip() for part in text.split(",")):
        if word in (USUAL_WORD, EVERY_WORD):
            wanted |= USUAL if word == USUAL_WORD else set(Kind)
        elif word in set(Kind):
            wanted.add(Kind(word))
        else:
            known = ", ".join((USUAL_WORD, EVERY_WORD, *Kind))
            raise ConfigFault(OPTION, word or "(nothing)", "is nothing that messages are about", f"use {known}")
    return frozenset(wanted)
