from dataclasses import replace
from decimal import Decimal

from connector.simulator.engine import Engine
from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import BUY, LIMIT, SELL, OrderRequest
from connector.simulator.persistence.state_hash import state_hash
from tests.companions.simulator.traders import BTC, START_MS

BID = OrderRequest(BTC, BUY, LIMIT, Decimal("0.01"), Decimal(59_000))


def engine() -> Engine:
    made = Engine(START_MS)
    for _ in range(2):
        made.open_account(10_000 * E8, START_MS)
    return made


def test_the_same_commands_come_to_the_same_hash_and_others_do_not() -> None:
    one, same, other = engine(), engine(), engine()
    for each, request in ((one, BID), (same, BID), (other, replace(BID, quantity=Decimal("0.011")))):
        each.place(1, request, START_MS)
    assert state_hash(one) == state_hash(same) != state_hash(other)


def test_every_command_moves_it() -> None:
    made = engine()
    seen = {state_hash(made)}
    commands = (
        lambda: made.place(1, BID, START_MS + 1),
        lambda: made.cancel_all(1, BTC, START_MS + 2),
        lambda: made.place(1, BID, START_MS + 3),
        lambda: made.place(2, replace(BID, side=SELL), START_MS + 4),
        lambda: made.set_leverage(1, "ETHUSDT", 3, START_MS + 5),
        lambda: made.fix_mark(BTC, 59_500 * E8),
        lambda: made.settle_funding(made.listing(BTC), START_MS, START_MS + 6),
        lambda: made.transfer(1, E8, START_MS + 7),
        lambda: made.set_countdown(1, BTC, 5_000, START_MS + 8),
    )
    for command in commands:
        command()
        seen.add(state_hash(made))
    assert len(seen) == len(commands) + 1


def test_a_mere_look_leaves_no_trace() -> None:
    made = engine()
    before = state_hash(made)
    made.accounts[1].position(made.listing(BTC).instrument, "BOTH")
    made.accounts[1].orders_of(BTC)
    made.drain()
    made.listing(BTC).book.changes()
    made.listing(BTC).tape.fresh_trades()
    assert state_hash(made) == before


def test_who_was_first_in_a_queue_counts() -> None:
    hashes = set()
    for owners in ((1, 2), (2, 1)):
        made = engine()
        for owner in owners:
            made.place(owner, BID, START_MS)
        hashes.add(state_hash(made))
    assert len(hashes) == 2
