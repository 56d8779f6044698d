"""The connector's own settings: defaults, bounds, and words for what is wrong."""

from pathlib import Path

import pytest

from connector.config.connector_settings import ConnectorSettings, connector_settings
from connector.config.risk_settings import RiskSettings
from connector.core.faults import ConfigFault
from tests.companions.places import ROOT


def loaded(folder: Path, text: str) -> ConnectorSettings:
    path = folder / "connector.yml"
    path.write_text(text)
    return connector_settings(path, must_exist=True)


def test_the_shipped_file_holds_every_key_and_is_the_default_but_for_the_limits() -> None:
    path = ROOT / "conf" / "connector.yml"
    shipped, limits = connector_settings(path, must_exist=True), RiskSettings.model_fields
    assert ConnectorSettings(**{key: getattr(shipped, key) for key in limits}) == shipped
    assert [key for key in limits if getattr(shipped, key) == getattr(ConnectorSettings(), key)] == []
    text = path.read_text()
    assert [key for key in ConnectorSettings.model_fields if f"\n{key}:" not in text] == []


def test_a_file_that_is_not_there_is_the_default_unless_it_was_named(tmp_path: Path) -> None:
    assert connector_settings(tmp_path / "connector.yml", must_exist=False) == ConnectorSettings()
    with pytest.raises(ConfigFault, match="cannot be read"):
        connector_settings(tmp_path / "mine.yml", must_exist=True)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("journal_durability: always", "must be each, group or none"),
        ("earlier_orders: keep", "must be cancel or adopt"),
        ("order_mapper_type: sequence", "must be own, SEQUENCE or COMPOSITE"),
        ("client_order_id_prefix: a b", "must be at most 16 of A-Z a-z 0-9 _ -"),
        ("client_order_id_prefix: longer-than-own", "must be at most 8 of A-Z a-z 0-9 _ where ids are own"),
        ("recv_window: 60001", "must be a whole number ≥ 0 and ≤ 60000 (ms)"),
        ("recv_window: -1", "must be a whole number ≥ 0 and ≤ 60000 (ms)"),
        ("recv_window: 5 s", "must be a whole number ≥ 0 and ≤ 60000 (ms)"),
        ("websocket_heartbeat_interval: 3600", "must be a whole number ≥ 60 and ≤ 3300 (s)"),
        ("stale_websocket_timeout: 0", "must be a number ≥ 1 and ≤ 60 (s)"),
        ("stale_websocket_timeout: NaN", "must be a number ≥ 1 and ≤ 60 (s)"),
        ("self_trade_prevention_mode: NONE", "must be EXPIRE_MAKER, EXPIRE_TAKER or EXPIRE_BOTH"),
        ("orders_request_size_limit: 1001", "must be a whole number ≥ 1 and ≤ 1000"),
        ("trades_request_size_limit: 0", "must be a whole number ≥ 1 and ≤ 1000"),
        ("cancel_on_disconnect: 5", "must be off, 10 to 600 (s), or whole_symbol"),
        ("rate_limit_share: 101", "must be a number ≥ 1 and ≤ 100 (%)"),
        ("depth_speed: 200ms", "must be 0ms, 100ms, 250ms or 500ms"),
        ("read_every_ms: 251", "must be a whole number ≥ 0 and ≤ 250 (ms)"),
        ("read_every_ms: -1", "must be a whole number ≥ 0 and ≤ 250 (ms)"),
        ("post_only_reprice_ticks: -1", "0 to 100"),
        ("post_only_reprice_ticks: 1.5", "0 to 100"),
        ("earlier_order: adopt", "is not a setting; did you mean earlier_orders?"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_its_bound(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(ConfigFault) as refused:
        loaded(tmp_path, f"# mine\n{line}\n")
    assert f"{tmp_path / 'connector.yml'}:2: {line.split(':')[0]}" in str(refused.value)
    assert told in str(refused.value)


def test_frames_are_gathered_only_where_the_system_can_do_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(tmp_path, "read_every_ms: 5\n").read_every_ms == 5
    monkeypatch.setattr("connector.config.gathered_reads.can_gather", lambda: False)
    with pytest.raises(ConfigFault) as refused:
        loaded(tmp_path, "read_every_ms: 5\n")
    assert str(refused.value) == (
        f"{tmp_path / 'connector.yml'}:1: read_every_ms: 5: needs SO_RCVLOWAT, which this system does not have or does "
        "not heed; write 0"
    )


def test_a_long_prefix_stands_before_a_number(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "order_mapper_type: SEQUENCE\nclient_order_id_prefix: ember-desk-\n")
    assert settings.client_order_id_prefix == "ember-desk-"
