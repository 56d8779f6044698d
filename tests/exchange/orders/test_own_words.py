"""What is said of an order where the venue itself said nothing."""

from connector.core.faults import Blame, Fate, Fault
from connector.core.reports import OrderStatus, ReportSource
from connector.exchange.orders.own_words import not_sent, own_word
from tests.companions.orders.scenes import tracked, tracker


def test_a_word_of_our_own_names_the_order_and_has_no_time() -> None:
    order = tracked(tracker())
    word = own_word(order, OrderStatus.CANCEL_WANTED)
    assert (word.symbol, word.client_order_id, word.source) == (
        order.symbol, order.client_order_id, ReportSource.LOCAL,
    )  # fmt: skip
    assert word.time_ms == 0


def test_a_word_with_a_fault_is_an_error() -> None:
    order = tracked(tracker())
    fault = Fault(not_sent("the journal can't be written", Blame.CONFIGURATION), "new order")
    assert own_word(order, OrderStatus.REJECTED, fault).source is ReportSource.ERROR
    assert fault.rule.fate is Fate.NEVER_LIVED
    assert "not sent: the journal can't be written" in str(fault)
