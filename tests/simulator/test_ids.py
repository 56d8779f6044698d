from connector.simulator.ids import Ids


def test_order_ids_count_per_symbol() -> None:
    ids = Ids(1_000)
    assert [ids.next_order("A"), ids.next_order("A"), ids.next_order("B")] == [10_000, 10_001, 10_000]


def test_update_ids_are_shared_so_that_a_symbol_sees_gaps() -> None:
    ids = Ids(1_000)
    assert [ids.next_update() for _ in range(3)] == [1_000_000, 1_000_001, 1_000_002]


def test_a_later_life_begins_above_what_an_earlier_one_gave() -> None:
    early, late = Ids(1_000), Ids(1_001)
    given = [early.next_trade("A") for _ in range(100)]
    assert late.next_trade("A") > given[-1]


def test_a_symbol_is_touched_by_the_update_ids_it_takes() -> None:
    ids = Ids(1_000)
    assert [ids.next_update_of(symbol) for symbol in "BAB"] == [1_000_000, 1_000_001, 1_000_002]
    assert list(ids.touched) == ["B", "A"]
