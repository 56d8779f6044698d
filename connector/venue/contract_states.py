"""What a contract says of itself: its kind, its status, and which sides may only reduce.

A perpetual contract that is being settled keeps its kind with a word behind it, joined by `_` or a blank; one that is
not open yet, or on its way out, may have none at all. Source: "Exchange Information" and rows as listed, as of 2026-11.
"""

from dataclasses import dataclass
from typing import Final

from connector.core.enums import TradeType


@dataclass(frozen=True, slots=True)
class ContractKind:
    """What follows from a contract type, of those without a date."""

    #: The status decides.
    may_trade: bool = True
    is_being_settled: bool = False
    #: Its orders ask for an agreement that is signed once.
    on_traditional_finance: bool = False


_PLAIN: Final = ContractKind()
_TRADING: Final = "TRADING"
_ENDING: Final = "DELIVERING"
_KINDS: Final = {"PERPETUAL": _PLAIN, "TRADIFI_PERPETUAL": ContractKind(on_traditional_finance=True)}
#: Statuses of contracts that are over, or are being brought to their end.
OVER: Final = frozenset({"PRE_DELIVERING", "DELIVERING", "DELIVERED", "PRE_SETTLE", "SETTLING", "CLOSE"})
CONTROLLED_SIDES: Final = {
    "BUY": (TradeType.BUY,),
    "SELL": (TradeType.SELL,),
    "BOTH": tuple(TradeType),
}


def contract_kind(contract_type: str) -> ContractKind | None:
    """What a contract type says; None for contracts with a date, and for types that are not known. Without a word a
    contract is taken for one that does not trade."""
    if not contract_type:
        return ContractKind(may_trade=False)
    if contract_type.endswith(_ENDING):
        known = _KINDS.get(contract_type.removesuffix(_ENDING).rstrip(" _"))
        return None if known is None else ContractKind(False, True, known.on_traditional_finance)
    return _KINDS.get(contract_type)


@dataclass(frozen=True, slots=True)
class ContractState:
    """Whether a contract trades."""

    is_trading: bool
    #: The venue's word, or its contract type where that is what keeps it from trading.
    status: str
    is_being_settled: bool


def contract_state(contract_type: str, status: str) -> ContractState:
    """What type and status say together; a status that is not known is not trading."""
    kind = contract_kind(contract_type) or ContractKind(may_trade=False)
    is_trading = kind.may_trade and status == _TRADING
    told = f"contract type {contract_type!r}" if status == _TRADING and not is_trading else status
    return ContractState(is_trading, told, kind.is_being_settled or status in OVER)
