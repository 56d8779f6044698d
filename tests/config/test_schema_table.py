from decimal import Decimal
from typing import Annotated

import pytest
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, Field

from connector.config.schema_table import SettingRow, schema_rows
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings


class Kettle(BaseModel):
    name: str
    heat: Annotated[Decimal, Gt(0), Le(100)] = Field(
        Decimal("99.5"), description="how hot", json_schema_extra={"unit": "°C"}
    )
    cups: Annotated[int, Ge(1), Lt(9)] = 2
    whistles: bool = True
    lid: str | None = Field(None, json_schema_extra={"bound": "open or shut"})


def test_each_key_is_a_row_in_the_order_of_the_model() -> None:
    assert schema_rows(Kettle) == (
        SettingRow("name", "", "", "", None, ""),
        SettingRow("heat", "a number", "°C", "> 0 and ≤ 100", "99.5", "how hot"),
        SettingRow("cups", "a whole number", "", "≥ 1 and < 9", "2", ""),
        SettingRow("whistles", "true or false", "", "", "true", ""),
        SettingRow("lid", "", "", "open or shut", "", ""),
    )


def test_a_row_says_what_it_expects() -> None:
    assert [row.expectation for row in schema_rows(Kettle)] == [
        "must be text",
        "must be a number > 0 and ≤ 100 (°C)",
        "must be a whole number ≥ 1 and < 9",
        "must be true or false",
        "must be open or shut",
    ]


@pytest.mark.parametrize("row", schema_rows(PerpetualMarketMakingSettings), ids=lambda row: row.key)
def test_every_setting_of_the_strategy_is_explained(row: SettingRow) -> None:
    assert row.meaning
    assert row.kind or row.bound


@pytest.mark.parametrize(
    ("key", "unit", "bound", "default"),
    [
        ("bid_spread", "%", "> 0 and < 100", None),
        ("minimum_spread", "%", "≥ -100 and ≤ 100", "-100"),
        ("order_refresh_time", "s", "> 0", None),
        ("order_amount", "base", "> 0", None),
        ("stop_loss_slippage_buffer", "%", "≥ 0 and < 100", "0.5"),
        ("price_ceiling", "quote", "a price > 0, or -1 for none", "-1"),
        ("position_mode", "", "One-way or Hedge", "One-way"),
        ("quote_with_position", "", "", "false"),
    ],
)
def test_units_bounds_and_defaults_are_those_of_the_file(key: str, unit: str, bound: str, default: str | None) -> None:
    rows = {row.key: row for row in schema_rows(PerpetualMarketMakingSettings)}
    assert (rows[key].unit, rows[key].bound, rows[key].default) == (unit, bound, default)
