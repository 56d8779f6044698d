"""What faults let a contract say and refuse for a while: its status and type, and orders that open a position."""

from connector.simulator.engine import Engine
from connector.simulator.fault_injection.faults import Armed, CannotStrike, Effect
from connector.simulator.market.instruments import TRADIFI_PERPETUAL
from connector.simulator.market.listing import Listing
from connector.simulator.matching.admission import UNSIGNED

#: Codes that refuse what opens, by the fault's name.
REFUSALS = {"reduce_only_4400": -4400, "reduce_only_4408": -4408, "unsigned_4411": UNSIGNED}
#: Sides that only reduce, as POSITION_RISK_CONTROL names them.
CONTROLS = {"control_4105": "BOTH", "control_4106": "BUY", "control_4107": "SELL"}


class ContractControls:
    """`by_name` is what each fault does as it comes and, with `times` 0, as it goes; -1121 for an unlisted symbol.

    A life that goes on from its state file begins with no fault armed.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        for listing in engine.listings.values():
            self._release(listing)
        self.by_name: dict[str, Effect] = {
            "contract_status": self._cover,
            **dict.fromkeys(REFUSALS, self._refuse),
            **dict.fromkeys(CONTROLS, self._control),
        }

    def _release(self, listing: Listing) -> None:
        if listing.covered is not None:
            self._engine.uncover_status(listing.symbol)
        if listing.opening_refused:
            self._engine.refuse_opening(listing.symbol, ())
        if listing.control_side != listing.instrument.first_control_side:
            self._engine.set_control_side(listing.symbol, listing.instrument.first_control_side)

    def _struck(self, fault: Armed) -> list[Listing]:
        if fault.symbol:
            return [self._engine.listing(fault.symbol)]
        every = self._engine.listings.values()
        return [each for each in every if fault.name != "unsigned_4411" or _is_traditional(each)]

    def _cover(self, fault: Armed) -> None:
        if fault.times:
            self._engine.cover_status(fault.symbol, fault.status, fault.contract_type)
        else:
            self._engine.uncover_status(fault.symbol)

    def _refuse(self, fault: Armed) -> None:
        code, struck = REFUSALS[fault.name], self._struck(fault)
        if fault.times and not struck:
            raise CannotStrike(f"{fault.name} strikes nothing: no contract here is on traditional finance; say symbol")
        for listing in struck:
            others = tuple(other for other in listing.opening_refused if other != code)
            self._engine.refuse_opening(listing.symbol, (*others, code) if fault.times else others)

    def _control(self, fault: Armed) -> None:
        for listing in self._struck(fault):
            side = CONTROLS[fault.name] if fault.times else listing.instrument.first_control_side
            self._engine.set_control_side(listing.symbol, side)


def _is_traditional(listing: Listing) -> bool:
    return listing.instrument.contract_type == TRADIFI_PERPETUAL
