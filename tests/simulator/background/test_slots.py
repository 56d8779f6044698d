from random import Random
from statistics import correlation

from connector.simulator.background import flow_model as flow
from connector.simulator.background.slots import FAR, FAR_NEAREST_TICKS, INNER, OUTER, OUTER_TOO, TOP, Slots, far_ticks
from connector.simulator.market.orders import BUY, SELL

PRICE_TICKS = 600_000


def test_a_slot_stands_where_its_name_says() -> None:
    slots = Slots(Random(1))
    places = {slot: {slots.placed(BUY, slot, PRICE_TICKS)[0] for _ in range(500)} for slot in (TOP, INNER, OUTER)}
    assert places[TOP] == {0}
    assert places[INNER] == {1, 2, 3, 4}
    assert places[OUTER] == set(range(5, 20))


def test_far_slots_are_ever_farther_and_none_is_near() -> None:
    found = [far_ticks(slot, PRICE_TICKS) for slot in FAR]
    assert found == sorted(set(found)) and found[0] >= FAR_NEAREST_TICKS
    assert 1_400 < found[-1] < 1_800
    coarse = [far_ticks(slot, 300) for slot in FAR]
    assert coarse == sorted(set(coarse)), "however coarse the ticks are"


def test_amounts_are_those_of_the_tables_and_remember_the_last_one() -> None:
    slots = Slots(Random(2))
    amounts = [slots.placed(BUY, TOP, PRICE_TICKS)[1] for _ in range(4_000)]
    for share in (0.25, 0.5, 0.75):
        assert abs(sorted(amounts)[int(share * len(amounts))] / flow.TOP_AMOUNT.at(share) - 1) < 0.15
    assert 0.2 < correlation(amounts[:-1], amounts[1:]) < 0.6


def test_both_outer_orders_of_a_side_share_one_amount() -> None:
    slots = Slots(Random(3))
    for _ in range(50):
        _, larger = slots.placed(SELL, OUTER, PRICE_TICKS)
        _, smaller = slots.placed(SELL, OUTER_TOO, PRICE_TICKS)
        assert abs(larger * 3 - smaller * 7) < 1e-9
