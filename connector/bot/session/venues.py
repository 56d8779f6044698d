"""Where a bot trades: a local exchange, or a domain of the venue that it has a key for."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Protocol

from connector.bot.session.local_exchange import ExchangeEpoch
from connector.exchange.account.factor_permit import EVERYTHING, Permit
from connector.net.lookups import run_to_end
from connector.net.sign import Signer
from connector.venue.domains import Domain


class TradingVenue(Protocol):
    """What a run has to know of it."""

    domain: Domain
    #: What a second factor lets a run do there.
    permit: Permit
    #: In a dry run the domain whose market is played there, in a rehearsal the recording; else empty.
    data_of: str
    is_rehearsal: bool

    @property
    def ends_with_us(self) -> bool:
        """Whether it is our own process: what is open there ends with it."""
        ...

    @property
    def how_to_restart(self) -> str:
        """What a user does when it was ended."""
        ...

    @property
    def has_ended(self) -> bool:
        """Whether nothing can be open there any more."""
        ...

    async def epoch(self) -> ExchangeEpoch:
        """The present epoch. Raises `UnavailableFault`."""
        ...

    async def background(self) -> str:
        """What its background market did, in words; empty where it has none."""
        ...

    async def stop(self) -> None:
        """Ends it, where it is our own."""
        ...


@contextlib.contextmanager
def in_use(venue: TradingVenue | None) -> Iterator[None]:
    """Around whatever is done at a venue outside a loop: it is let go of however that ends; None: there is none yet."""
    try:
        yield
    finally:
        if venue is not None:
            run_to_end(venue.stop())


class KeyedVenue:
    """A domain of the venue, and what signs for its account: one epoch for ever, and nothing of it is ours to end."""

    ends_with_us = False
    has_ended = False
    data_of = ""
    is_rehearsal = False

    def __init__(
        self,
        domain: Domain,
        signer: Signer,
        at_stop: Callable[[], None] | None = None,
        permit: Permit = EVERYTHING,
    ) -> None:
        """`at_stop` is called once, when the run is over."""
        self.domain = domain
        self.permit = permit
        self._at_stop = at_stop
        self._epoch = ExchangeEpoch(domain.name, signer)

    @property
    def how_to_restart(self) -> str:
        return "look at the exchange's own status page"

    async def epoch(self) -> ExchangeEpoch:
        return self._epoch

    async def background(self) -> str:
        return ""

    async def stop(self) -> None:
        """It goes on; what was kept for the run is closed."""
        at_stop, self._at_stop = self._at_stop, None
        if at_stop is not None:
            at_stop()
