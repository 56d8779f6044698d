import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.enums import TradeType
from connector.orders.client_order_ids import ClientOrderIds, CountedIds, is_ours

NOW_MS = 1_795_000_000_000
BUY, SELL = TradeType.BUY, TradeType.SELL


@given(
    tag=st.from_regex(r"[A-Za-z0-9_]{1,8}", fullmatch=True),
    started_ms=st.integers(0, 2_800_000_000_000),
    now_ms=st.integers(0, 2_800_000_000_000),
)
def test_an_id_fits_every_sibling_product_and_every_way_of_signing(tag: str, started_ms: int, now_ms: int) -> None:
    minted = ClientOrderIds(tag, started_ms).mint(SELL, now_ms)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,32}", minted)
    assert is_ours(minted, tag)


def test_ids_ascend_within_a_run_though_the_clock_goes_back() -> None:
    ids = ClientOrderIds("desk", NOW_MS)
    minted = [ids.mint(side, NOW_MS - back) for back in range(100) for side in (BUY, SELL)]
    assert minted == sorted(set(minted))


def test_a_restart_does_not_repeat_an_id_though_the_clock_went_back_over_the_first_run() -> None:
    first, second = ClientOrderIds("desk", NOW_MS), ClientOrderIds("desk", NOW_MS - 60_000)
    before = {first.mint(BUY, NOW_MS + ms) for ms in range(500)}
    assert before.isdisjoint(second.mint(BUY, NOW_MS + ms) for ms in range(500))


def test_two_instances_started_at_one_moment_mint_different_ids() -> None:
    assert ClientOrderIds("a", NOW_MS).mint(BUY, NOW_MS) != ClientOrderIds("b", NOW_MS).mint(BUY, NOW_MS)


@pytest.mark.parametrize(
    "foreign",
    ["", "web_ios_1", "autoclose-1234567890", "adl_autoclose", "desk-manual", "desk2-0000000000000000000000B"],
)
def test_an_id_of_anyone_else_is_not_ours(foreign: str) -> None:
    assert not is_ours(foreign, "desk")


def test_an_instance_does_not_take_an_id_of_a_longer_tag_for_its_own() -> None:
    assert not is_ours(ClientOrderIds("desk_2", NOW_MS).mint(BUY, NOW_MS), "desk")


@pytest.mark.parametrize("tag", ["", "ninechars", "a-b", "ü", "a b"])
def test_a_tag_that_would_not_be_recognised_again_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="instance tag"):
        ClientOrderIds(tag, NOW_MS)


@given(before=st.from_regex(r"[A-Za-z0-9_-]{0,16}", fullmatch=True), given_before=st.integers(0, 10**12))
def test_a_counted_id_fits_and_is_known_again(before: str, given_before: int) -> None:
    ids = CountedIds(before, given_before, ("kept",))
    minted = ids.mint(BUY, NOW_MS)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,36}", minted)
    assert minted == f"{before}{given_before + 1}"
    assert ids.is_own(minted) and ids.is_own("kept")
    assert not ids.is_own(f"{before}{given_before + 2}"), "it was not given yet"
    assert not ids.is_own(f"{before}{given_before}"), "an earlier run's, which the journal does not know"


@pytest.mark.parametrize("stranger", [None, 7, "", "desk", "desk0", "desk01", "desk1x", "other1"])
def test_a_counted_id_of_anyone_else_is_not_ours(stranger: object) -> None:
    ids = CountedIds("desk", 0, ())
    ids.mint(BUY, NOW_MS)
    assert not ids.is_own(stranger)


@pytest.mark.parametrize("prefix", ["seventeen_letters", "ü", "a b", "a/b"])
def test_a_prefix_that_could_not_be_sent_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        CountedIds(prefix, 0, ())
