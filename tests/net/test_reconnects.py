"""When a connection is made anew."""

from connector.core.faults import Fault
from connector.net.reconnects import (
    LASTED_MS,
    LONGEST_PAUSE_AFTER_REFUSAL_S,
    LONGEST_PAUSE_S,
    ReconnectPause,
    end_of_life_ms,
    is_refused,
)
from connector.venue.error_codes import RULES
from connector.venue.limits import StreamTerms
from tests.companions.virtual_time import LoopClock, run_in_virtual_time


def pauses(*lasted_ms: int, after_refusal: bool = False) -> list[float]:
    """How long each pause was, in seconds, after connections that lasted so long."""

    async def work(clock: LoopClock) -> list[float]:
        pause, waited = ReconnectPause(), []
        for lasted in lasted_ms:
            began_ms = clock.monotonic_ms()
            await pause.wait(lasted, after_refusal=after_refusal)
            waited.append((clock.monotonic_ms() - began_ms) / 1000)
        return waited

    return run_in_virtual_time(work)


def test_pauses_double_while_connections_end_early_up_to_the_longest() -> None:
    waited = pauses(*[1_000] * 12)
    expected = [min(0.1 * 2**number, LONGEST_PAUSE_S) for number in range(1, 13)]
    assert all(most / 2 - 0.01 <= pause <= most + 0.01 for pause, most in zip(waited, expected, strict=True))


def test_they_grow_far_longer_where_a_key_is_refused() -> None:
    waited = pauses(*[0] * 12, after_refusal=True)
    assert all(pause >= LONGEST_PAUSE_AFTER_REFUSAL_S / 2 - 0.01 for pause in waited[-3:])


def test_one_that_lasted_makes_the_next_pause_short_again() -> None:
    assert pauses(*[0] * 8, LASTED_MS + 1)[-1] <= 0.1


def test_lives_end_in_the_last_twentieth_of_their_span_and_not_all_together() -> None:
    ends = {end_of_life_ms(StreamTerms(life_s=1_000), 5_000) for _ in range(100)}
    assert len(ends) > 50
    assert all(955_000 <= end <= 1_005_000 for end in ends)


def test_a_refused_key_is_told_from_a_venue_that_is_away() -> None:
    assert is_refused(Fault(RULES[-2015], "session.logon", code=-2015))
    assert not is_refused(Fault(RULES[-1003], "session.logon", code=-1003))
    assert not is_refused(OSError("away"))
