"""A step of the market is made a few commands at a time, and comes to the same however others have their turn."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

import pytest

from connector.simulator.background.background import COUNTED_A_PIECE, Background, Step
from connector.simulator.background.slots import FAR, NEAR
from connector.simulator.background.step_under_way import (
    COMMANDS_A_PIECE,
    DUE,
    LED,
    MOST_SCRIPTED,
    REQUOTED,
    SCRIPTED,
    StepUnderWay,
)
from connector.simulator.background.symbol_model import STEP_MS, SymbolModel
from connector.simulator.fault_injection.price_scripts import SCRIPTS, PriceScript
from connector.simulator.market.default_instruments import BTCUSDC, BTCUSDT, DEFAULT_INSTRUMENTS, ETHUSDT, SOLUSDT
from connector.simulator.persistence.columns import flattened, rebuilt

FALL = PriceScript("fall", ((0, 1.0), (1_000, 0.9)))


def pieces(background: Background) -> Iterator[Step | None]:
    """The pieces of one step, the last of which is the step itself."""
    while True:
        step = background.go_on()
        yield step
        if step is not None:
            return


def test_what_a_symbol_does_in_pieces_is_what_it_does_in_one_go() -> None:
    rows = (BTCUSDT, ETHUSDT, SOLUSDT)
    background, models = Background(7, rows), [SymbolModel(7, row) for row in rows]
    for _ in range(400):
        apart = [timed for model in models for timed in model.step()]
        assert background.step().commands == sorted(apart, key=lambda timed: timed[0])


def test_who_follows_another_hears_of_each_of_its_moves_in_whatever_pieces_they_came() -> None:
    background, leader = Background(7, (BTCUSDC, BTCUSDT)), SymbolModel(7, BTCUSDT)
    follower = SymbolModel(7, BTCUSDC, is_led=True)
    for _ in range(400):
        first = leader.step()
        apart = [*first, *follower.step(1.0, leader.moves)]
        assert background.step().commands == sorted(apart, key=lambda timed: timed[0])


def test_a_busy_step_leaves_others_many_turns_and_each_piece_is_short() -> None:
    background, turns = Background(1, DEFAULT_INSTRUMENTS), list[float]()
    longest = counted = 0
    for _ in range(600):
        before, number = background.commands, 0
        for _ in pieces(background):
            number += 1
            longest = max(longest, background.commands - counted)
            counted = background.commands
        if counted - before > 100:
            turns.append((counted - before) / number)
    assert len(turns) > 20 and max(turns) < 40, "commands of a piece in the mean of a step"
    assert 0 < longest <= COUNTED_A_PIECE


def test_no_more_than_what_happens_at_one_moment_is_made_beyond_the_size_of_a_piece() -> None:
    model = SymbolModel(3, ETHUSDT)
    model.step()
    sizes = []
    for _ in range(600):
        model.begin(1.0)
        step = StepUnderWay({"ETHUSDT": model}, {}, deque([("ETHUSDT", None, DUE)]), parts_over=1)
        before = model.made
        while step.turns:
            step.go_on()
            sizes.append(model.made - before if step.turns else 0)
            before = model.made
    jump = 2 * 2 * len((*NEAR, *FAR))
    assert COMMANDS_A_PIECE <= max(sizes) <= COMMANDS_A_PIECE + jump, "each slot is cancelled and posted anew"


def test_a_script_that_begins_in_the_middle_of_a_step_begins_with_the_step_after_it() -> None:
    hashes = set()
    for cut in range(8):
        background = Background(5, (BTCUSDT, BTCUSDC, ETHUSDT))
        for _ in range(30):
            background.step()
        if cut:
            left = pieces(background)
            for _ in range(cut):
                next(left, None)
            background.begin_everywhere(FALL)
            for _ in left:
                pass
        else:
            background.step()
            background.begin_everywhere(FALL)
        assert background.running() == {"BTCUSDT": "fall", "ETHUSDT": "fall"}
        for _ in range(2 * FALL.lasts_ms // STEP_MS):
            background.step()
        hashes.add((background.steps, background.hash))
    assert len(hashes) == 1


@pytest.mark.parametrize("script", ["", "crash"])
def test_a_step_that_was_kept_half_done_goes_on_as_if_nothing_had_been(script: str) -> None:
    background, whole = Background(2, DEFAULT_INSTRUMENTS), Background(2, DEFAULT_INSTRUMENTS)
    cuts = 0
    for number in range(12):
        if script and number == 4:
            background.begin_everywhere(SCRIPTS[script])
            whole.begin_everywhere(SCRIPTS[script])
        for step in pieces(background):
            cuts += step is None
            background = rebuilt(flattened(background))
            if step is None:
                break
        assert background.step() == whole.step()
        assert (background.hash, background.deferred_moves) == (whole.hash, whole.deferred_moves)
    assert cuts == 12


def under_way(*turns: tuple[str, float | None, int]) -> tuple[StepUnderWay, dict[str, SymbolModel]]:
    """A step of a hundred slow contracts that stand already."""
    models = {f"S{number}": SymbolModel(1, replace(ETHUSDT, symbol=f"S{number}")) for number in range(100)}
    for model in models.values():
        model.step()
    return StepUnderWay(models, {}, deque(turns)), models


def test_when_the_commands_for_scripts_are_spent_the_rest_wait_and_who_is_due_lives_all_the_same() -> None:
    step, models = under_way(
        *((f"S{number}", 0.97, SCRIPTED if number % 2 else REQUOTED) for number in range(100)), ("S99", None, DUE)
    )
    while step.turns:
        step.go_on()
    moved = [symbol for symbol, model in models.items() if model.factor != 1.0]
    assert MOST_SCRIPTED <= step.spent == sum(len(step.parts[symbol]) for symbol in moved)
    assert step.deferred_moves == 100 - len(moved) > 50
    assert moved == [f"S{number}" for number in range(len(moved))], "those that come first are served first"
    assert "S99" in step.parts and models["S99"].factor == 1.0


def test_who_followed_a_script_in_its_step_does_not_live_twice_in_it() -> None:
    step, models = under_way(("S1", 0.999, SCRIPTED), ("S1", None, DUE))
    step.go_on()
    while step.turns:
        step.go_on()
    assert list(step.parts) == ["S1"] and step.commands == step.parts["S1"]
    assert models["S1"].factor == 0.999


def test_who_is_led_by_one_that_does_not_live_in_this_step_hears_of_no_move() -> None:
    models = {"LEADER": SymbolModel(1, BTCUSDT), "LED": SymbolModel(1, BTCUSDC, is_led=True)}
    models["LEADER"].step()
    models["LED"].step()
    assert models["LEADER"].moves
    step = StepUnderWay(models, {"LED": "LEADER"}, deque([("LED", 1.0, LED)]))
    while step.turns:
        step.go_on()
    assert models["LED"].moves == []
