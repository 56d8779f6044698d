"""Hummingbot finds the connector that was written into it."""

import importlib

import pytest
from hummingbot.client.settings import AllConnectorSettings, ConnectorType

NAMES = ("binance_perpetual_pro", "binance_perpetual_pro_testnet", "binance_perpetual_pro_local")


@pytest.mark.parametrize("name", NAMES)
def test_each_domain_is_a_connector_for_derivatives(name: str) -> None:
    setting = AllConnectorSettings.create_connector_settings()[name]
    assert (setting.type, setting.example_pair) == (ConnectorType.Derivative, "BTC-USDT")
    assert name in AllConnectorSettings.get_derivative_names()


@pytest.mark.parametrize("name", NAMES)
def test_its_class_is_where_hummingbot_looks_for_it(name: str) -> None:
    setting = AllConnectorSettings.create_connector_settings()[name]
    kind = getattr(importlib.import_module(setting.module_path()), setting.class_name())
    assert kind.__name__ == "BinancePerpetualProDerivative"
