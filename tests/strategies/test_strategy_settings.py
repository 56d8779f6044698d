import pytest
from pydantic import ValidationError

from connector.core.enums import PositionMode
from connector.strategies.strategy_settings import StrategySettings, in_ms
from tests.companions.strategies.scene import D

WRITTEN = {"strategy": "mine", "market": "btc-usdt", "leverage": "5", "order_amount": "0.01"}


def test_what_every_strategy_is_set_by_is_read_as_a_file_has_it() -> None:
    read = StrategySettings.model_validate(WRITTEN)
    assert (read.market, read.leverage, read.order_amount) == ("BTC-USDT", 5, D("0.01"))
    assert read.position_mode is PositionMode.ONEWAY


@pytest.mark.parametrize("change", [{"spread": "1"}, {"leverage": "0"}, {"order_amount": "0"}, {"market": "BTC"}])
def test_what_can_be_no_setting_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        StrategySettings.model_validate({**WRITTEN, **change})


def test_seconds_become_whole_milliseconds_rounded_up() -> None:
    assert [in_ms(D(text)) for text in ("1", "0.0001", "2.5")] == [1_000, 1, 2_500]
