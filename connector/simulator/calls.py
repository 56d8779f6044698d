"""A request that was let in, as its handler sees it."""

from dataclasses import dataclass

from connector.simulator.accounts import Account
from connector.simulator.floor import TradingFloor
from connector.simulator.listing import Listing
from connector.simulator.members import Member
from connector.simulator.parameters import Parameters
from connector.simulator.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Call:
    """`member` is None on public paths."""

    floor: TradingFloor
    params: Parameters
    now_ms: int
    member: Member | None

    @property
    def account(self) -> Account:
        """The sender's account; only asked for where a key is demanded."""
        if self.member is None:
            raise Refusal(-2014)
        return self.floor.account(self.member)

    def listing(self) -> Listing:
        """The listing of the mandatory `symbol`."""
        return self.floor.engine.listing(self.params.text("symbol"))

    def listings(self) -> list[Listing]:
        """The listing of `symbol`, or all without it."""
        symbol = self.params.optional("symbol")
        engine = self.floor.engine
        return [engine.listing(symbol)] if symbol is not None else list(engine.listings.values())

    @property
    def names_symbol(self) -> bool:
        return self.params.has("symbol")
