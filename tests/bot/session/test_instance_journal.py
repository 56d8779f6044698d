"""Where an instance's journal lies, and the tag that lasts."""

import os
from pathlib import Path

import pytest

from connector.bot.session.instance_journal import Keeping, kept_instance
from connector.config.connector_settings import ConnectorSettings
from connector.core.faults import ConfigFault, InstanceFault
from connector.core.secrets import Secret
from connector.net.sign import HmacSigner
from connector.orders.client_order_ids import OrderMapper
from connector.venue.domains import LOCAL


def signer(key: str = "k" * 64) -> HmacSigner:
    return HmacSigner(Secret(key), Secret("s" * 64))


def test_the_tag_is_made_up_once_and_lasts(tmp_path: Path) -> None:
    first = kept_instance(Keeping(tmp_path), LOCAL, signer())
    first.end(1)
    second = kept_instance(Keeping(tmp_path), LOCAL, signer())
    assert second.instance.tag == first.instance.tag
    other = kept_instance(Keeping(tmp_path), LOCAL, signer("another"))
    assert other.instance.tag != first.instance.tag, "another account"
    for kept in (second, other):
        kept.end(2)
    assert not [path for path in tmp_path.rglob("*") if "kkkk" in str(path)], "no key is told by a name"


def test_two_with_one_tag_on_one_account_are_refused_and_two_tags_are_not(tmp_path: Path) -> None:
    first = kept_instance(Keeping(tmp_path), LOCAL, signer())
    with pytest.raises(InstanceFault, match=f"process {os.getpid()}"):
        kept_instance(Keeping(tmp_path, lock_wait_s=0.2), LOCAL, signer())
    named = Keeping(tmp_path, ConnectorSettings(client_order_id_prefix="desk2"))
    second = kept_instance(named, LOCAL, signer())
    assert second.instance.tag == "desk2"
    first.end(1)
    second.end(1)


def test_a_prefix_that_is_no_tag_stands_before_numbers(tmp_path: Path) -> None:
    settings = ConnectorSettings(order_mapper_type="SEQUENCE", client_order_id_prefix="ember-desk-")
    kept = kept_instance(Keeping(tmp_path, settings), LOCAL, signer())
    assert (kept.instance.mapper, kept.instance.prefix) == (OrderMapper.SEQUENCE, "ember-desk-")
    kept.end(1)


def test_what_a_local_exchange_left_long_ago_is_removed_unless_somebody_runs_there(tmp_path: Path) -> None:
    gone, runs = (kept_instance(Keeping(tmp_path), LOCAL, signer(key)) for key in ("gone", "runs"))
    gone.end(1)
    for kept in (gone, runs):
        os.utime(kept.account_folder, (0, 0))
    kept_instance(Keeping(tmp_path), LOCAL, signer()).end(1)
    assert not gone.account_folder.exists()
    assert runs.account_folder.exists()
    runs.end(1)


def test_a_tag_that_was_spoiled_by_hand_is_told(tmp_path: Path) -> None:
    kept = kept_instance(Keeping(tmp_path), LOCAL, signer())
    kept.end(1)
    (kept.account_folder / "tag").write_text("no tag\n")
    with pytest.raises(ConfigFault, match="holds no tag; remove the file"):
        kept_instance(Keeping(tmp_path), LOCAL, signer())
