"""The settings of limits: how they are written, and words for what is wrong."""

from decimal import Decimal
from pathlib import Path

import pytest

from connector.config.connector_settings import ConnectorSettings, connector_settings
from connector.config.risk_settings import RiskSettings
from connector.core.faults import ConfigFault
from connector.exchange.account.order_limits import risk_bounds
from connector.risk.bounds import LossBound, OnRiskLimit, RiskBounds

D = Decimal


def loaded(folder: Path, text: str) -> ConnectorSettings:
    path = folder / "connector.yml"
    path.write_text(text)
    return connector_settings(path, must_exist=True)


def test_each_is_off_unless_it_is_written() -> None:
    assert risk_bounds(ConnectorSettings()) == RiskBounds()
    written = {name: "off" for name in RiskSettings.model_fields if name != "on_risk_limit"}
    assert risk_bounds(ConnectorSettings.model_validate(written)) == RiskBounds()


def test_each_is_read_as_it_is_written(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        "max_position: 0.5 BTC, 4 ETH\nmax_position_notional: 30000\nmax_open_orders_notional: 20000.5\n"
        "max_order_rate: 600\nmax_loss_of_day: 5 %\nmax_loss_of_run: 300\nmax_drawdown: 10\n"
        "min_liquidation_distance: 7.5\non_risk_limit: close\n",
    )
    assert risk_bounds(settings) == RiskBounds(
        max_position={"BTC": D("0.5"), "ETH": D(4)},
        max_position_notional=D(30_000),
        max_open_orders_notional=D("20000.5"),
        max_order_rate=600,
        max_loss_of_day=LossBound(D(5), is_share=True),
        max_loss_of_run=LossBound(D(300)),
        max_drawdown=D(10),
        min_liquidation_distance=D("7.5"),
        on_risk_limit=OnRiskLimit.CLOSE,
    )


def test_one_number_is_for_every_pair(tmp_path: Path) -> None:
    assert loaded(tmp_path, "max_position: 2\n").max_position.by_base == {"": D(2)}


def test_a_setting_says_itself_as_it_would_be_written(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path, "max_position: 0.5 BTC, 4\nmax_loss_of_day: 5%\nmax_loss_of_run: 300\nmax_drawdown: 9\n"
    )
    said = settings.max_position, settings.max_loss_of_day, settings.max_loss_of_run, settings.max_drawdown
    assert [str(one) for one in said] == ["0.5 BTC, 4", "5 %", "300", "9"]
    assert (str(ConnectorSettings().max_position), str(ConnectorSettings().max_drawdown)) == ("off", "off")


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("max_position: 0.5 BTC, 1 BTC", "must be off, or amounts > 0, each with its base asset"),
        ("max_position: BTC 0.5", "must be off, or amounts > 0, each with its base asset"),
        ("max_position: 0 BTC", "must be off, or a number > 0"),
        ("max_position_notional: -1", "must be off, or a number > 0"),
        ("max_open_orders_notional: much", "must be off, or a number > 0"),
        ("max_open_orders_notional: NaN", "must be off, or a number > 0"),
        ("max_order_rate: 1.5", "must be off, or a whole number"),
        ("max_order_rate: 0", "must be off, or a number > 0 and ≤ 1000000"),
        ("max_loss_of_day: 101 %", "must be off, or a number > 0 and ≤ 100"),
        ("max_loss_of_run: 0", "must be off, or a number > 0"),
        ("max_drawdown: 5 %", "must be off, or a number > 0 and ≤ 100"),
        ("min_liquidation_distance: 101", "must be off, or a number > 0 and ≤ 100"),
        ("on_risk_limit: halt", "must be stop or close"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_its_bound(tmp_path: Path, line: str, rule: str) -> None:
    with pytest.raises(ConfigFault) as refused:
        loaded(tmp_path, f"# mine\n{line}\n")
    assert f"connector.yml:2: {line.split(':')[0]}" in str(refused.value)
    assert rule in str(refused.value)
