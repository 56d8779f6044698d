"""The venue's clock as an offset from ours."""

from connector.net.clock_sync import BIAS_MS, SAMPLES_KEPT, ClockSync


def test_the_offset_is_taken_at_the_middle_of_the_round_trip() -> None:
    sync = ClockSync()
    sync.sample(sent_ms=1_000, received_ms=1_100, venue_ms=501_050)
    assert sync.now_ms(2_000) == 502_000 - BIAS_MS


def test_one_slow_answer_does_not_move_the_clock() -> None:
    sync = ClockSync()
    for _ in range(3):
        sync.sample(1_000, 1_010, 501_005)
    sync.sample(1_000, 9_000, 501_010)
    assert sync.now_ms(2_000) == 502_000 - BIAS_MS


def test_old_samples_give_way_and_a_refusal_forgets_them() -> None:
    sync = ClockSync()
    sync.sample(0, 0, 9_999)
    for _ in range(SAMPLES_KEPT):
        sync.sample(0, 0, 100)
    assert sync.now_ms(0) == 100 - BIAS_MS
    sync.forget()
    assert not sync.is_set
    sync.sample(0, 0, 60_100)
    assert sync.is_set
    assert sync.now_ms(0) == 60_100 - BIAS_MS


def test_the_estimate_leans_into_the_past_where_the_venue_is_patient() -> None:
    sync = ClockSync()
    sync.sample(0, 0, 0)
    assert sync.now_ms(0) < 0
