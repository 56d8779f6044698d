"""What stands behind `cancel_on_disconnect`."""

import pytest

from connector.config.cancel_on_disconnect import CancelOnDisconnect, cancel_on_disconnect


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("off", CancelOnDisconnect()),
        ("60", CancelOnDisconnect(60)),
        ("whole_symbol", CancelOnDisconnect(60, whole_symbol=True)),
        ("whole_symbol 10", CancelOnDisconnect(10, whole_symbol=True)),
    ],
)
def test_each_form_is_read_and_written_back(text: str, meant: CancelOnDisconnect) -> None:
    assert cancel_on_disconnect(text) == meant
    assert cancel_on_disconnect(str(meant)) == meant
    assert meant.is_on is (text != "off")


@pytest.mark.parametrize(
    "text", ["9", "601", "-60", "60s", "whole", "whole_symbol 5", "60 whole_symbol", "6" * 5000, "٦٠"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as 60|take 10 to 600"):
        cancel_on_disconnect(text)
