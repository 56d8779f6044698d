"""What faults do to contracts and to those who hold them: halts, delistings, forced liquidation and deleveraging."""

from collections.abc import Callable, Iterable, Iterator

from connector.simulator.accounts.accounts import Account
from connector.simulator.engine import Engine
from connector.simulator.fault_injection.faults import Armed, CannotStrike, Effect
from connector.simulator.market.listing import CLOSE, CLOSED, SETTLING, TRADING, TRADING_HALT, Listing


class ContractFaults:
    """`by_name` is what each fault does; -1121 for a symbol that is not listed.

    A life that goes on from its state file begins with no fault armed: halts are over, settlements too.
    """

    def __init__(self, engine: Engine, now_ms: Callable[[], int], monotonic_ms: Callable[[], int]) -> None:
        self._engine, self._now_ms, self._monotonic_ms = engine, now_ms, monotonic_ms
        listings = engine.listings.values()
        delisted = (each for each in listings if each.own_status == SETTLING != each.instrument.first_status)
        self._closes_ms = {listing: monotonic_ms() for listing in delisted}
        self._resume(listings)
        self.by_name: dict[str, Effect] = {
            "trading_halt": self._halt,
            "delisting": self._delist,
            "forced_liquidation": self._liquidate,
            "forced_adl": self._deleverage,
        }

    def advance(self) -> None:
        """Closes what was delisted long enough ago."""
        due = [listing for listing, at_ms in self._closes_ms.items() if at_ms <= self._monotonic_ms()]
        for listing in due:
            del self._closes_ms[listing]
            self._engine.set_status(listing.symbol, CLOSE)

    def _struck(self, fault: Armed) -> list[Listing]:
        return [self._engine.listing(fault.symbol)] if fault.symbol else list(self._engine.listings.values())

    def _halt(self, fault: Armed) -> None:
        """Halts the contracts that trade, and lets those trade again that the fault does not name, or no more."""
        halted = self._struck(fault) if fault.times > 0 else []
        if fault.times > 0 and not any(listing.own_status == TRADING for listing in halted):
            told = f"{fault.symbol} stands at {halted[0].own_status}" if fault.symbol else "no contract trades"
            raise CannotStrike(f"trading_halt strikes nothing: {told}; only what trades can be halted")
        for listing in halted:
            if listing.own_status == TRADING:
                self._engine.set_status(listing.symbol, TRADING_HALT)
        self._resume(listing for listing in self._engine.listings.values() if listing not in halted)

    def _resume(self, listings: Iterable[Listing]) -> None:
        """Ends the halts of contracts that were not halted from their beginning on."""
        for listing in listings:
            if listing.own_status == TRADING_HALT != listing.instrument.first_status:
                self._engine.set_status(listing.symbol, TRADING)

    def _delist(self, fault: Armed) -> int:
        listed = [listing for listing in self._struck(fault) if listing.own_status not in CLOSED]
        for listing in listed:
            self._engine.delist(listing.symbol, self._now_ms())
            self._closes_ms[listing] = self._monotonic_ms() + fault.ms
        return len(listed)

    def _liquidate(self, fault: Armed) -> int:
        struck = 0
        for account, symbol in self._holders(fault):
            self._engine.force_liquidation(account.account_id, symbol, self._now_ms())
            struck += 1
        return struck

    def _deleverage(self, fault: Armed) -> int:
        struck = 0
        for account, symbol in self._holders(fault):
            self._engine.force_adl(account.account_id, symbol, self._now_ms())
            struck += 1
        return struck

    def _holders(self, fault: Armed) -> Iterator[tuple[Account, str]]:
        """Whoever holds, the house left out; who lost his position to the one before holds no more."""
        for listing in self._struck(fault):
            for account in list(self._engine.clearing.holders.get(listing.symbol, {}).values()):
                if not account.is_house and account.holds(listing.symbol):
                    yield account, listing.symbol
