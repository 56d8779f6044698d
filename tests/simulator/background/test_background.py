from dataclasses import replace
from itertools import pairwise

import pytest

from connector.simulator.background.background import TURNS, Background, line_of
from connector.simulator.background.step_under_way import MOST_SCRIPTED
from connector.simulator.background.symbol_model import STEP_MS, Post, Withdraw
from connector.simulator.fault_injection.price_scripts import SCRIPTS, PriceScript
from connector.simulator.market.default_instruments import (
    BTCDOMUSDT,
    BTCUSDC,
    BTCUSDT,
    DEFAULT_INSTRUMENTS,
    ETHUSDT,
    MAJORS,
)
from connector.simulator.market.instruments import Instrument
from tests.companions.simulator.traders import BTC

FALL = PriceScript("fall", ((0, 1.0), (1_000, 0.9)))


def run(seed: int, steps: int) -> Background:
    background = Background(seed, MAJORS)
    for _ in range(steps):
        background.step()
    return background


def test_the_same_seed_gives_the_same_commands() -> None:
    one, other = run(5, 300), run(5, 300)
    assert (one.hash, one.commands, one.fingerprint) == (other.hash, other.commands, other.fingerprint)
    assert run(6, 300).fingerprint != one.fingerprint


def test_runs_of_different_length_share_their_fingerprint() -> None:
    short, long = run(5, 200), run(5, 400)
    assert short.fingerprint == long.fingerprint != ""
    assert short.hash != long.hash


def test_there_is_no_fingerprint_before_the_thousandth_command() -> None:
    short = run(5, 2)
    assert short.commands < 1_000
    assert short.fingerprint == ""


def test_every_symbol_goes_its_own_way_whatever_else_is_listed() -> None:
    alone, together = Background(3, (BTCUSDT,)), Background(3, MAJORS)
    for _ in range(100):
        mine = [timed for timed in together.step().commands if BTC in line_of(timed[1])]
        assert alone.step().commands == mine


def test_commands_come_in_order_of_time_within_their_step() -> None:
    background = Background(4, MAJORS)
    for _ in range(100):
        times = [after_ms for after_ms, _ in background.step().commands]
        assert times == sorted(times)
        assert all(0 <= after_ms < STEP_MS for after_ms in times)


def test_a_command_as_text_names_every_figure() -> None:
    _, command = Background(1, (BTCUSDT,)).step().commands[0]
    assert isinstance(command, Post)
    words = line_of(command).split()
    assert words[0] == "post" and str(command.request.quantity) in words and str(command.request.price) in words
    assert line_of(Withdraw(0, BTC, "bg-1")) == "cancel 0 BTCUSDT bg-1"


def test_a_smaller_contract_lives_more_slowly_but_stands_from_the_first_step() -> None:
    slow, quick = (Background(1, (replace(ETHUSDT, background_every=every),)) for every in (6, 1))
    assert slow.step().commands
    for background in (slow, quick):
        for _ in range(2_400):
            background.step()
    assert 0.12 < slow.commands / quick.commands < 0.25


def test_a_price_script_moves_the_price_and_leaves_it_there() -> None:
    background = Background(1, MAJORS)
    before = background.step().index_e8
    background.begin(FALL, BTC)
    assert background.running() == {BTC: "fall"}
    for _ in range(1_100 // STEP_MS):
        after = background.step().index_e8
    assert background.running() == {}
    assert 0.895 < after[BTC] / before[BTC] < 0.905
    assert 0.995 < after["ETHUSDT"] / before["ETHUSDT"] < 1.005


def test_a_second_script_goes_on_from_where_the_first_one_left_the_price() -> None:
    background = Background(1, MAJORS)
    before = background.step().index_e8[BTC]
    for _ in range(2):
        background.begin(FALL, BTC)
        for _ in range(1_100 // STEP_MS):
            after = background.step().index_e8[BTC]
    assert 0.805 < after / before < 0.815


def test_a_script_changes_what_is_done_and_two_runs_with_it_are_equal() -> None:
    plain, crashed, again = (Background(1, MAJORS) for _ in range(3))
    for background in (crashed, again):
        background.begin(SCRIPTS["crash"], BTC)
    for _ in range(50):
        for background in (plain, crashed, again):
            background.step()
    assert crashed.hash == again.hash != plain.hash


def test_a_contract_that_follows_another_moves_with_it_even_in_a_crash() -> None:
    background = Background(2, (BTCUSDC, BTCUSDT))
    first = background.step().index_e8
    assert abs(first["BTCUSDC"] / first[BTC] - 1) < 2e-3
    background.begin_everywhere(FALL)
    assert background.running() == {BTC: "fall"}
    for _ in range(1_100 // STEP_MS):
        after = background.step().index_e8
        assert abs(after["BTCUSDC"] / after[BTC] - 1) < 2e-3
    assert 0.895 < after["BTCUSDC"] / first["BTCUSDC"] < 0.905


def test_a_script_on_the_follower_alone_leaves_the_other_where_it_is() -> None:
    background = Background(2, (BTCUSDT, BTCUSDC))
    first = background.step().index_e8
    background.begin(FALL, "BTCUSDC")
    for _ in range(1_100 // STEP_MS):
        after = background.step().index_e8
    assert 0.89 < after["BTCUSDC"] / first["BTCUSDC"] < 0.91
    assert 0.995 < after[BTC] / first[BTC] < 1.005


def test_without_the_other_a_follower_goes_its_own_way() -> None:
    background = Background(2, (BTCUSDC,))
    indexes = [background.step().index_e8["BTCUSDC"] for _ in range(1_200)]
    assert max(indexes) > 1.0003 * min(indexes)


#: What a symbol's makers can have to cancel and post anew where the price left all of it behind, and its takers' step.
ONE_SYMBOL = 1_200


def listed(count: int) -> tuple[Instrument, ...]:
    """As many contracts as a long list has, most of them slow."""
    slow = [replace(BTCDOMUSDT, symbol=f"S{number}USDT", background_every=120) for number in range(count - len(MAJORS))]
    return (*MAJORS, *slow)


@pytest.mark.parametrize("rows", [DEFAULT_INSTRUMENTS, listed(500)], ids=["as shipped", "500 contracts"])
@pytest.mark.parametrize("script", [SCRIPTS["crash"], SCRIPTS["gap"], FALL], ids=lambda script: str(script.name))
def test_a_step_costs_no_more_than_its_budget_whatever_a_script_does(
    rows: tuple[Instrument, ...], script: PriceScript
) -> None:
    calm, moved = Background(1, rows), Background(1, rows)
    for _ in range(40):
        assert calm.step() == moved.step()
    moved.begin_everywhere(script)
    for _ in range(200):
        most = len(calm.step().commands) + MOST_SCRIPTED + ONE_SYMBOL
        assert len(moved.step().commands) <= most
    assert moved.deferred_moves > 0


def test_symbols_that_had_to_wait_are_in_the_end_where_their_script_has_them() -> None:
    background = Background(1, listed(200))
    before = background.step().index_e8
    background.begin_everywhere(FALL)
    after = dict(before)
    for _ in range(400):
        after |= background.step().index_e8
    assert all(0.89 < after[symbol] / before[symbol] < 0.91 for symbol in before)


def test_no_move_is_so_great_that_the_venue_would_refuse_the_quotes() -> None:
    background = Background(1, (BTCUSDT,))
    prices = [background.step().index_e8[BTC]]
    background.begin(PriceScript("abyss", ((0, 0.7),)), BTC)
    prices += [background.step().index_e8[BTC] for _ in range(20)]
    assert all(after / before > 0.96 for before, after in pairwise(prices))
    assert 0.69 < prices[-1] / prices[0] < 0.71


def test_a_busy_contract_follows_its_script_sooner_than_a_slow_one() -> None:
    background = Background(1, listed(300))
    background.step()
    background.begin_everywhere(FALL)
    moved: dict[str, int] = {}
    for _ in range(20):
        for symbol in background.step().index_e8:
            moved[symbol] = moved.get(symbol, 0) + 1
    assert min(moved[row.symbol] for row in MAJORS) == 20
    assert sum(moved.get(row.symbol, 0) for row in listed(300)[2:]) < 298 * 5


def test_slow_contracts_live_in_turns_and_no_slower() -> None:
    rows = listed(40)
    background = Background(1, rows)
    assert len(background.step().index_e8) == 40
    turns = [set(background.step().index_e8) for _ in range(TURNS)]
    slow = {row.symbol for row in rows[2:]}
    assert all(0 < len(turn & slow) <= 2 for turn in turns)
    assert set.union(*turns) == {row.symbol for row in rows}
    quick = Background(1, (replace(rows[5], background_every=12),))
    single = Background(1, (rows[5],))
    for one in (quick, single):
        for _ in range(4_000):
            one.step()
    assert 0.05 < single.commands / quick.commands < 0.2, "a tenth of the pace"


def test_time_that_is_left_out_is_left_out_of_scripts_too_and_changes_no_command() -> None:
    even, late = Background(1, MAJORS), Background(1, MAJORS)
    for number in range(100):
        even.step()
        late.step()
        if number == 50:
            late.skip(40)
    assert late.hash == even.hash
    late.begin(FALL, BTC)
    late.skip(FALL.lasts_ms // STEP_MS)
    assert late.running() == {}


def test_a_long_list_does_the_same_for_the_same_seed_script_and_all() -> None:
    one, other = (Background(9, listed(120), [(SCRIPTS["crash"], 500)]) for _ in range(2))
    for _ in range(100):
        one.step()
        other.step()
    assert (one.hash, one.deferred_moves) == (other.hash, other.deferred_moves)


def test_who_does_not_trade_has_no_market() -> None:
    rows = [replace(BTCUSDT, symbol=status, first_status=status) for status in ("TRADING", "SETTLING", "BREAK")]
    assert set(Background(1, rows).step().index_e8) == {"TRADING"}
