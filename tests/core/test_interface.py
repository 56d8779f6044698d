"""The exchange interface: the names that bots call, and a connector that has them all."""

import inspect

import pytest

from connector.core.interface import Exchange
from connector.exchange.derivative import PerpetualDerivative

NAMES = [name for name in vars(Exchange) if not name.startswith("_")]


@pytest.mark.parametrize("name", NAMES)
def test_the_connector_answers_every_call_with_the_declared_parameters(name: str) -> None:
    declared, built = inspect.getattr_static(Exchange, name), inspect.getattr_static(PerpetualDerivative, name)
    assert isinstance(declared, property) == isinstance(built, property)
    if not isinstance(declared, property):
        assert list(inspect.signature(declared).parameters) == list(inspect.signature(built).parameters)
        assert inspect.iscoroutinefunction(declared) == inspect.iscoroutinefunction(built)
