"""A frame of `!contractInfo`: status, type or brackets of a contract as they change ("Contract Info Stream")."""

from dataclasses import dataclass
from typing import Any

from connector.wire.json_text import read, rows_of, whole, word, word_or_none


@dataclass(frozen=True, slots=True)
class ContractNews:
    """What changed of a contract."""

    symbol: str
    contract_type: str
    status: str
    #: Whether its brackets are other ones now.
    brackets_changed: bool
    #: The product family that it is of; 0 where the frame does not say.
    family: int


def contract_news(frame: bytes) -> ContractNews | None:
    """The change that a frame tells; None for a frame of another kind. Raises `UnreadableFault`."""
    return read(frame, "contract info", _news)


def _news(message: Any) -> ContractNews | None:
    event = message.get("data", message)
    if event.get("e") != "contractInfo":
        return None
    return ContractNews(
        symbol=word(event, "s"),
        contract_type=word_or_none(event, "ct"),
        status=word(event, "cs"),
        brackets_changed=bool(rows_of(event.get("bks") or [])),
        family=whole(event, "st") if event.get("st") is not None else 0,
    )
