"""Rows that a client has to live through."""

from connector.simulator.payloads.odd_contracts import ODD, odd_rows
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import Caller, SocketClient


def test_each_row_is_a_plain_one_but_for_what_is_odd(call: Caller) -> None:
    plain = call("GET", "/fapi/v1/exchangeInfo")["symbols"][0]
    rows = odd_rows(plain)
    assert len({row["symbol"] for row in rows}) == len(ODD) and plain["symbol"] not in {row["symbol"] for row in rows}
    for row in rows:
        assert row.keys() == plain.keys()
        assert row["maintMarginPercent"] == plain["maintMarginPercent"]


def test_two_contracts_share_base_and_quote(call: Caller) -> None:
    rows = odd_rows(call("GET", "/fapi/v1/exchangeInfo")["symbols"][0])
    twins = [row["symbol"] for row in rows if (row["baseAsset"], row["quoteAsset"]) == ("TWIN", "USDT")]
    assert twins == ["TWIN", "TWINUSDT"]


async def test_they_are_listed_while_the_fault_is_armed(venue: LocalExchange, client: SocketClient) -> None:
    await client.raw("POST", "/local/v1/faults", "name=odd_contracts")
    listed = (await client.raw("GET", "/fapi/v1/exchangeInfo"))[2]["symbols"]
    by_name = {row["symbol"]: row for row in listed}
    assert [row["symbol"] for row in listed[:2]] == ["BTCUSDT", "ETHUSDT"] and len(listed) == 2 + len(ODD)
    assert by_name["NULLSUSDT"]["filters"] is None and by_name["汉字USDT"]["baseAsset"] == "汉字"
    assert by_name["ENDINGUSDT"]["contractType"] == "PERPETUAL DELIVERING"
    await client.raw("POST", "/local/v1/faults", "name=odd_contracts&times=0")
    assert len((await client.raw("GET", "/fapi/v1/exchangeInfo"))[2]["symbols"]) == 2
