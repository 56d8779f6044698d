from tests.companions.simulator.listeners import Listener, hub_and_clock


def test_a_frame_reaches_those_who_listen_raw_or_wrapped() -> None:
    hub, _ = hub_and_clock()
    raw, wrapped, other = Listener(hub, "a"), Listener(hub, "a", combined=True), Listener(hub, "b")
    hub.publish("a", b'{"e":1}')
    assert raw.received() == [{"e": 1}]
    assert wrapped.received() == [{"stream": "a", "data": {"e": 1}}]
    assert other.received() == []


def test_what_is_heard_of_a_symbol_is_known_without_asking_for_each_stream() -> None:
    hub, _ = hub_and_clock()
    one, other = Listener(hub, "btcusdt@trade", "btcusdt@depth@100ms"), Listener(hub, "btcusdt@trade", "tradingSession")
    assert hub.kinds_of("btcusdt") == ("trade", "depth@100ms")
    assert hub.kinds_of("tradingSession") == ("",) and hub.kinds_of("ethusdt") == ()
    hub.leave(one)
    assert hub.kinds_of("btcusdt") == ("trade",)
    hub.unsubscribe("btcusdt@trade", other)
    assert hub.kinds_of("btcusdt") == ()


def test_nobody_listens_after_the_last_one_left() -> None:
    hub, _ = hub_and_clock()
    one, other = Listener(hub, "a"), Listener(hub, "a", "b")
    hub.leave(one)
    assert hub.is_subscribed("a")
    hub.unsubscribe("a", other)
    assert not hub.is_subscribed("a") and hub.is_subscribed("b")
    hub.unsubscribe("never", other)


def test_a_silenced_stream_speaks_again_when_its_time_is_over() -> None:
    hub, clock = hub_and_clock()
    listener = Listener(hub, "a", "b")
    hub.silence("a", 500)
    hub.publish("a", b"1")
    hub.publish("b", b"2")
    clock.advance(500)
    hub.publish("a", b"3")
    assert listener.received() == [2, 3]


def test_an_empty_name_silences_everything() -> None:
    hub, _ = hub_and_clock()
    listener = Listener(hub, "a")
    hub.silence("", 500)
    hub.publish("a", b"1")
    assert listener.received() == []


def test_a_frozen_hub_sends_nothing_and_forgets_it() -> None:
    hub, clock = hub_and_clock()
    listener = Listener(hub, "a")
    hub.freeze(100)
    hub.publish("a", b"1")
    assert hub.frozen
    clock.advance(100)
    hub.publish("a", b"2")
    assert listener.received() == [2] and not hub.frozen


def test_cutting_reaches_every_connection() -> None:
    hub, _ = hub_and_clock()
    ears = [Listener(hub), Listener(hub, "a")]
    hub.cut_all()
    assert all(listener.is_cut for listener in ears)


def test_a_late_frame_holds_up_those_behind_it_and_no_other_stream() -> None:
    hub, clock = hub_and_clock()
    listener = Listener(hub, "a", "b")
    hub.publish("a", b"1", late_ms=300)
    hub.publish("a", b"2")
    hub.publish("b", b"3")
    clock.advance(299)
    hub.release()
    assert listener.received() == [3]
    clock.advance(1)
    hub.release()
    hub.publish("a", b"4")
    assert listener.received() == [1, 2, 4]


def test_who_comes_later_hears_nothing_that_was_late_for_others() -> None:
    hub, clock = hub_and_clock()
    early = Listener(hub, "a")
    hub.publish("a", b"1", late_ms=300)
    hub.leave(early)
    late = Listener(hub, "a")
    clock.advance(300)
    hub.release()
    hub.publish("a", b"2")
    assert (early.received(), late.received()) == ([], [2])


def test_a_stream_that_is_closed_says_what_was_late_and_ends_its_listeners_alone() -> None:
    hub, _ = hub_and_clock()
    listener, other = Listener(hub, "a"), Listener(hub, "b")
    hub.publish("a", b"1", late_ms=300)
    hub.close_stream("a")
    assert (listener.received(), listener.is_closed, other.is_closed) == ([1], True, False)
