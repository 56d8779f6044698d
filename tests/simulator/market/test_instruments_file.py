"""Contracts from an exchangeInfo file: which of its rows are listed, and what is said of the others."""

from pathlib import Path

import pytest

from connector.simulator.errors import BadInput
from connector.simulator.market.instruments_file import read_instruments
from tests.companions.places import RECORDED_2021
from tests.companions.simulator.contract_rows import read, row, with_filter
from tests.companions.simulator.long_list import written_list


def test_a_list_as_long_as_the_venues_is_read_whole(tmp_path: Path) -> None:
    found = read_instruments(written_list(tmp_path / "long.json", 500))
    assert (len(found.instruments), found.left_out) == (500, ())


@pytest.mark.skipif(not RECORDED_2021.exists(), reason="no recording lies beside the project")
def test_the_venues_list_of_2021_is_read_whole() -> None:
    found = read_instruments(RECORDED_2021 / "exchange_info.json")
    assert (len(found.instruments), found.left_out) == (122, ())
    assert [row.symbol for row in found.instruments if row.is_dated] == ["BTCUSDT_210924", "ETHUSDT_210924"]
    assert [row.symbol for row in found.instruments if row.quote == "BUSD"] == ["BTCBUSD", "ETHBUSD"]


def test_a_symbol_that_stands_there_twice_is_listed_once(tmp_path: Path) -> None:
    found = read(tmp_path, row(), row(startPrice="5"))
    assert len(found.instruments) == 1
    assert "listed already" in found.left_out[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("\xff", "no JSON"),
        ("[" * 200_000, "no JSON"),
        ("[]", "no list `symbols`"),
        ('{"symbols": {}}', "no list `symbols`"),
        ('{"symbols": []}', "`symbols` is empty"),
        ('{"symbols": [7]}', r"of its 1 rows 1 by kind \(first row 1: it is no object\)"),
    ],
)
def test_a_file_with_nothing_to_list_is_one_line(text: str, why: str, tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadInput, match=why) as flaw:
        read_instruments(file)
    assert "\n" not in str(flaw.value) and str(file) in str(flaw.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        read_instruments(tmp_path / "nowhere.json")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a folder; name a file with an answer of exchangeInfo"):
        read_instruments(tmp_path)


def test_a_file_without_a_row_that_can_be_traded_says_how_many_failed_by_what(tmp_path: Path) -> None:
    rows = [with_filter("PRICE_FILTER", tickSize="0"), row(status="FOO"), with_filter("PRICE_FILTER", tickSize="nan")]
    with pytest.raises(BadInput) as flaw:
        read(tmp_path, *rows)
    assert str(flaw.value) == (
        f"{tmp_path / 'list.json'} lists nothing that can be traded here: of its 3 rows 2 by tickSize (first ABCUSDT: "
        "tickSize is '0' and should be a number above 0 and below 1e+15), 1 by status (first ABCUSDT: status is 'FOO' "
        "and should be one of TRADING, PENDING_TRADING, TRADING_HALT, TRADING_CANCEL_ONLY, PRE_DELIVERING, PRE_SETTLE, "
        "SETTLING, CLOSE, DELIVERING, DELIVERED)"
    )


def test_many_kinds_of_faults_are_still_one_line(tmp_path: Path) -> None:
    names = ("baseAsset", "quoteAsset", "marginAsset", "status", "contractType", "filters")
    with pytest.raises(BadInput, match=r"of its 6 rows 1 by baseAsset .* 1 by something else$"):
        read(tmp_path, *(row(**{name: None}) for name in names))
