"""A damaged store says what is left of it."""

from pathlib import Path

from connector.keys.faults import DamagedStoreFault


def test_damage_names_the_earlier_generation_where_there_is_one() -> None:
    path = Path("conf/connectors/binance_perpetual.yml")
    assert str(DamagedStoreFault(path, "x")).endswith("is damaged: x; restore a backup")
    assert str(DamagedStoreFault(path, "x", True)).endswith("connector store restore binance_perpetual")
