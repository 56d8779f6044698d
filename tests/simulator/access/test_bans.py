from connector.simulator.access.bans import GROWTH, LONGEST, MOST_OFFENDERS, OFFENCES_TO_A_BAN, Bans

HOME, FIRST_MS = "127.0.0.1", 120_000


def offend(bans: Bans, now_ms: int, times: int = OFFENCES_TO_A_BAN + 1) -> None:
    for _ in range(times):
        bans.offend(HOME, now_ms)


def test_a_few_refusals_ban_nobody() -> None:
    bans = Bans(FIRST_MS)
    offend(bans, 0, OFFENCES_TO_A_BAN)
    assert bans.until_ms(HOME, 0) is None


def test_refusals_far_apart_are_forgotten() -> None:
    bans = Bans(FIRST_MS)
    for number in range(100):
        bans.offend(HOME, number * 61_000)
    assert bans.until_ms(HOME, 100 * 61_000) is None


def test_bans_grow_from_two_minutes_to_three_days_and_no_further() -> None:
    bans, now_ms, lengths = Bans(FIRST_MS), 0, list[int]()
    for _ in range(8):
        offend(bans, now_ms)
        until_ms = bans.until_ms(HOME, now_ms)
        assert until_ms is not None and bans.until_ms(HOME, until_ms) is None
        lengths.append(until_ms - now_ms)
        now_ms = until_ms
    assert lengths[:2] == [FIRST_MS, FIRST_MS * GROWTH]
    assert lengths[-2:] == [FIRST_MS * LONGEST] * 2 == [3 * 86_400_000] * 2


def test_after_a_long_peace_the_first_ban_is_short_again() -> None:
    bans = Bans(FIRST_MS)
    offend(bans, 0)
    offend(bans, FIRST_MS)
    later_ms = FIRST_MS * (LONGEST + GROWTH + 2)
    offend(bans, later_ms)
    assert bans.until_ms(HOME, later_ms) == later_ms + FIRST_MS


def test_offenders_without_end_are_not_kept() -> None:
    bans = Bans(FIRST_MS)
    offend(bans, 0)
    for number in range(MOST_OFFENDERS):
        bans.offend(str(number), 0)
    assert bans.until_ms(HOME, 0) is None
