from dataclasses import replace
from itertools import pairwise

from connector.simulator.background import MAKERS, Background, Post, Withdraw, told
from connector.simulator.engine import Engine
from connector.simulator.fixed_point import E8
from connector.simulator.instruments import BTCUSDT, LISTED
from connector.simulator.orders import BUY, MARKET, SELL
from connector.simulator.refusals import Refusal
from tests.simulator.traders import BTC, START_MS


def run(seed: int, steps: int) -> Background:
    background = Background(seed, LISTED)
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


def test_the_first_step_posts_both_ladders_whole() -> None:
    posts = [command for command in Background(1, (BTCUSDT,)).step().commands if isinstance(command, Post)]
    makers = [post.request for post in posts if post.account < MAKERS]
    for side in (BUY, SELL):
        assert len([request for request in makers if request.side == side]) >= 20


def test_a_command_as_text_names_every_figure() -> None:
    command = Background(1, (BTCUSDT,)).step().commands[0]
    assert isinstance(command, Post)
    words = told(command).split()
    assert words[0] == "post" and str(command.request.quantity) in words and str(command.request.price) in words
    assert told(Withdraw(0, BTC, "bg-1")) == "cancel 0 BTCUSDT bg-1"


def test_a_smaller_contract_sees_the_background_less_often_but_from_the_first_step() -> None:
    slow = replace(BTCUSDT, background_every=6)
    background = Background(1, (slow,))
    busy = [bool(background.step().commands) for _ in range(121)]
    assert busy[0] and sum(busy[1:]) == 20


def test_takers_come_on_both_sides_with_a_heavy_tail() -> None:
    background = Background(3, (BTCUSDT,))
    sizes: dict[int, list[float]] = {BUY: [], SELL: []}
    for _ in range(4_000):
        for command in background.step().commands:
            if isinstance(command, Post) and command.request.kind == MARKET:
                sizes[command.request.side].append(float(command.request.quantity))
    for taken in sizes.values():
        assert len(taken) > 300
        assert max(taken) > 10 * sorted(taken)[len(taken) // 2]


def test_the_market_it_makes_has_depth_moves_and_never_crosses() -> None:
    engine = Engine(START_MS)
    house = [engine.open_account(10**20, START_MS, is_house=True).account_id for _ in range(4)]
    background, mids = Background(1, LISTED), []
    for number in range(1_200):
        now_ms = START_MS + number * 50
        step = background.step()
        for command in step.commands:
            obey(engine, house, command, now_ms)
        engine.move_prices(step.index_e8, now_ms)
        book = engine.listings[BTC].book
        bid, ask = book.best(BUY), book.best(SELL)
        assert bid is not None and ask is not None and bid < ask
        if number % 20 == 0:
            mids.append((bid + ask) / 20)
            assert len(book.levels(BUY, 100)) >= 15 and len(book.levels(SELL, 100)) >= 15
    moves = [abs(after - before) for before, after in pairwise(mids)]
    assert 1 < sum(moves) / len(moves) < 10
    assert abs(engine.listings[BTC].quotes.mark_e8 / E8 - mids[-1]) < 30


def obey(engine: Engine, house: list[int], command: Post | Withdraw, now_ms: int) -> None:
    account_id = house[command.account]
    try:
        if isinstance(command, Post):
            engine.place(account_id, command.request, now_ms)
        else:
            engine.cancel(account_id, command.symbol, None, command.client_order_id, now_ms)
    except Refusal as refusal:
        assert refusal.code == -2011, refusal
