"""!contractInfo: a contract's status or brackets as they change, in real time ("Contract Info Stream")."""

from collections.abc import Iterable

from connector.simulator.fixed_point import E8
from connector.simulator.json_bytes import frame_of
from connector.simulator.market.instruments import Bracket, Instrument
from connector.simulator.market.listing import Listing
from connector.simulator.payloads.market_payloads import FAMILY, Payload
from connector.simulator.streams.hub import Hub

NAME = "!contractInfo"


def contract_info(listing: Listing, now_ms: int, *, with_brackets: bool) -> Payload:
    """A frame of contractInfo; `bks` stands in it only when brackets changed."""
    row = listing.instrument
    brackets: Payload = {"bks": _brackets(row)} if with_brackets else {}
    return {
        "e": "contractInfo",
        "E": now_ms,
        "s": row.symbol,
        "ct": row.contract_type,
        "dt": row.delivery_ms,
        "ot": row.onboard_ms,
        "cs": listing.status,
        **brackets,
        "st": FAMILY,
    }


def _brackets(row: Instrument) -> list[Payload]:
    """The least leverage of a bracket is one more than the next one's most; `cf` is told in whole USDT."""
    least = [bracket.leverage + 1 for bracket in row.brackets[1:]] + [1]
    return [
        {
            "bs": bracket.number,
            "bnf": bracket.floor,
            "bnc": bracket.cap,
            "mmr": bracket.rate_e8 / E8,
            "cf": bracket.cum_e8 // E8,
            "mi": low,
            "ma": bracket.leverage,
        }
        for bracket, low in zip(row.brackets, least, strict=True)
    ]


class ContractFeed:
    """Compares every contract with how it stood before."""

    def __init__(self, listings: Iterable[Listing], hub: Hub) -> None:
        self._hub = hub
        self._stood: dict[Listing, tuple[str, str, tuple[Bracket, ...]]] = {
            listing: _standing(listing) for listing in listings
        }

    def tick(self, now_ms: int) -> None:
        for listing, (status, contract_type, brackets) in self._stood.items():
            row, changed = listing.instrument, listing.instrument.brackets is not brackets
            if listing.status != status or row.contract_type != contract_type or changed:
                self._stood[listing] = _standing(listing)
                self._hub.publish(NAME, frame_of(contract_info(listing, now_ms, with_brackets=changed)))


def _standing(listing: Listing) -> tuple[str, str, tuple[Bracket, ...]]:
    return listing.status, listing.instrument.contract_type, listing.instrument.brackets
