from connector.simulator.market.candles import Bar, sample
from connector.simulator.market.default_instruments import BTCUSDT, XAUUSDT
from connector.simulator.payloads.candle_payloads import continuous_kline, kline, sampled_row, traded_row
from tests.companions.simulator.callers import names

BAR = Bar(60_000, 600_000, 600_100, 599_000, 600_050, 3, 12, 7_200_000, 5, 3_000_250, 7, 9)


def test_a_row_has_twelve_columns() -> None:
    assert traded_row(BAR, "1m", BTCUSDT) == [
        60_000, "60000.00", "60010.00", "59900.00", "60005.00", "0.012", 119_999, "720.00000", 3, "0.005",
        "300.02500", "0",
    ]  # fmt: skip


def test_a_sampled_row_has_no_volumes() -> None:
    row = sampled_row(sample(60_000, 6 * 10**12), "5m")
    assert row == [60_000, *["60000.00000000"] * 4, "0", 359_999, "0", 1, "0", "0", "0"]


def test_a_frame_says_whether_its_candle_is_over() -> None:
    running, over = kline(BAR, "1m", BTCUSDT, 119_999), kline(BAR, "1m", BTCUSDT, 120_000)
    assert isinstance(running["k"], dict) and isinstance(over["k"], dict)
    assert (running["k"]["x"], over["k"]["x"]) == (False, True)
    assert set(running) == {"e", "E", "s", "k"}
    assert set(running["k"]) == names("t T s i f L o c h l v n x q V Q B")


def test_a_continuous_frame_names_pair_and_contract_type() -> None:
    frame = continuous_kline(BAR, "1s", XAUUSDT, 60_100)
    assert (frame["e"], frame["ps"], frame["ct"]) == ("continuous_kline", "XAUUSDT", "TRADIFI_PERPETUAL")
    assert isinstance(frame["k"], dict)
    assert set(frame["k"]) == names("t T i f L o c h l v n x q V Q B")
