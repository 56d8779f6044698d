"""The connector's own settings within Hummingbot."""

from decimal import Decimal
from pathlib import Path

import pytest

from connector.adapters.hummingbot.host_settings import FILE, host_settings
from connector.config.gathered_reads import can_gather
from connector.core.faults import ConfigFault

D = Decimal


def test_without_a_file_frames_are_gathered_as_a_host_that_looks_once_a_second_needs(tmp_path: Path) -> None:
    own = host_settings(tmp_path, D(100))
    assert (own.read_every_ms, own.book_ticker) == (20 if can_gather() else 0, False)
    assert (own.rate_limit_share, own.check_budget) == (D(100), True)


def test_a_file_of_ones_own_counts(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("read_every_ms: 0\nbook_ticker: true\npost_only_reprice_ticks: 0\n")
    own = host_settings(tmp_path, D(100))
    assert (own.read_every_ms, own.book_ticker, own.post_only_reprice_ticks) == (0, True, 0)


def test_the_lesser_share_of_the_rate_limits_counts(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("rate_limit_share: 40\n")
    assert host_settings(tmp_path, D(70)).rate_limit_share == 40
    assert host_settings(tmp_path, D(20)).rate_limit_share == 20


def test_a_setting_that_is_none_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("post_only: 3\n")
    with pytest.raises(ConfigFault, match="post_only"):
        host_settings(tmp_path, D(100))


def test_what_nobody_does_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("max_loss_of_day: 10 %\non_risk_limit: close\n")
    with pytest.raises(ConfigFault, match=r"on_risk_limit.*write stop"):
        host_settings(tmp_path, D(100))
    (tmp_path / FILE).write_text("max_loss_of_day: 10 %\non_risk_limit: stop\n")
    assert host_settings(tmp_path, D(100)).on_risk_limit == "stop"
