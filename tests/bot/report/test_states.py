"""The words for how a bot stands."""

import pytest

from connector.bot.report.states import BotState, Phase, RunState, StateFacts, state_of

RUNNING = Phase.RUNNING
UNTIL_MS = 1_790_000_000_000


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        (StateFacts(Phase.STARTING, waits_for="user stream"), "starting: user stream"),
        (StateFacts(RUNNING), "ready"),
        (StateFacts(RUNNING, quotes=2), "quoting"),
        (StateFacts(RUNNING, holds="a position is held"), "holding: a position is held"),
        (StateFacts(RUNNING, paused_by="shut by the desk"), "paused: shut by the desk"),
        (
            StateFacts(RUNNING, is_trading=False, trading_status="TRADING_HALT"),
            "halted: the exchange takes no orders of the pair (TRADING_HALT)",
        ),
        (
            StateFacts(RUNNING, is_trading=False, is_being_settled=True, trading_status="SETTLING"),
            "delisting: the exchange closes the contract (SETTLING)",
        ),
        (
            StateFacts(RUNNING, silent_until_ms=UNTIL_MS),
            "banned until 2026-09-21 14:13:20 UTC: the exchange wants silence",
        ),
        (StateFacts(RUNNING, waits_for="order books (silent)"), "lost: order books (silent)"),
        (StateFacts(RUNNING, key_lost="the key is taken no more"), "lost: the key is taken no more"),
        (StateFacts(Phase.STOPPING), "stopping"),
    ],
)
def test_each_state_has_its_word_and_says_why(facts: StateFacts, text: str) -> None:
    assert str(state_of(facts)) == text


def test_every_word_is_told_by_some_facts() -> None:
    told = {state_of(facts).state for facts in _of_all_kinds()}
    assert told == set(RunState)


def test_what_outlasts_the_rest_is_told_first() -> None:
    order = [
        RunState.STOPPING, RunState.LOST, RunState.BANNED, RunState.DELISTING, RunState.HALTED, RunState.LOST,
        RunState.PAUSED, RunState.QUOTING,
    ]  # fmt: skip
    everything = StateFacts(
        Phase.STOPPING, "no key", UNTIL_MS, True, False, "SETTLING", "a book", "the desk", None, 2, "a position"
    )
    ends = (
        {"phase": RUNNING}, {"key_lost": ""}, {"silent_until_ms": None}, {"is_being_settled": False},
        {"is_trading": True}, {"waits_for": ""}, {"paused_by": ""},
    )  # fmt: skip
    facts = {name: getattr(everything, name) for name in StateFacts.__slots__}
    told = [state_of(StateFacts(**facts)).state]
    for end in ends:
        facts |= end
        told.append(state_of(StateFacts(**facts)).state)
    assert told == order


def test_a_pause_says_until_when_where_that_is_known() -> None:
    paused = StateFacts(RUNNING, paused_by="the loss limit of a day", paused_until_ms=UNTIL_MS)
    assert state_of(paused) == BotState(RunState.PAUSED, "the loss limit of a day", UNTIL_MS)


def _of_all_kinds() -> list[StateFacts]:
    return [
        StateFacts(Phase.STARTING), StateFacts(Phase.STOPPING), StateFacts(RUNNING), StateFacts(RUNNING, quotes=1),
        StateFacts(RUNNING, holds="x"), StateFacts(RUNNING, paused_by="x"), StateFacts(RUNNING, is_trading=False),
        StateFacts(RUNNING, is_being_settled=True), StateFacts(RUNNING, silent_until_ms=1),
        StateFacts(RUNNING, waits_for="x"),
    ]  # fmt: skip
