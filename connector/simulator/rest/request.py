"""A request that was let in, as its handler sees it."""

from typing import NamedTuple

from connector.simulator.access.api_keys import ApiKey
from connector.simulator.access.parameters import Parameters
from connector.simulator.accounts.accounts import Account
from connector.simulator.engine import Engine
from connector.simulator.errors import VenueError
from connector.simulator.market.instruments import CONTRACT_TYPES, Instrument
from connector.simulator.market.listing import Listing
from connector.simulator.runtime import Runtime


class Request(NamedTuple):
    """What a handler is given."""

    runtime: Runtime
    params: Parameters
    now_ms: int
    #: Whose key came with it, None on public paths.
    sender: ApiKey | None
    #: What answers a read instead of the exchange itself.
    replica: Engine | None = None

    @property
    def account(self) -> Account:
        """The sender's account; only asked for where a key is demanded."""
        if self.sender is None:
            raise VenueError(-2014)
        return self.engine.accounts[self.sender.account_id]

    @property
    def engine(self) -> Engine:
        return self.replica or self.runtime.engine

    @property
    def instrument(self) -> Instrument:
        """What the mandatory `symbol` names."""
        return self.listing().instrument

    def listing(self) -> Listing:
        """The listing of the mandatory `symbol`."""
        return self.engine.listing(self.params.text("symbol"))

    def listings_of_pair(self) -> list[Listing]:
        """The listings of the mandatory `pair`, the perpetual one first, or -4144."""
        pair = self.params.text("pair")
        found = [row for row in self.engine.listings.values() if row.instrument.pair == pair]
        if not found:
            raise VenueError(-4144)
        return sorted(found, key=lambda row: row.instrument.is_dated)

    def listing_of_type(self) -> Listing | None:
        """The listing of the mandatory `pair` that is of the mandatory `contractType`; None without one."""
        found = self.listings_of_pair()
        wanted = self.params.choice("contractType", CONTRACT_TYPES, -4104)
        return next((row for row in found if row.instrument.contract_type == wanted), None)

    def listings(self) -> list[Listing]:
        """The listing of `symbol`, or all without it."""
        symbol = self.params.optional("symbol")
        return [self.engine.listing(symbol)] if symbol is not None else list(self.engine.listings.values())

    @property
    def names_symbol(self) -> bool:
        return self.params.has("symbol")
