"""The ladder of the account's page: the ledger's figures are the exchange's, and the sums that the page tells."""

import html
import re
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from connector.account import inferred
from connector.account.inferred import HeldPosition, OpeningOrder, side_margin
from connector.account.order_cost import order_prices
from connector.core.amounts import from_e8, plain, to_e8
from connector.venue.contracts import LINEAR
from tests.companions.documents.pages import page, tables
from tests.companions.documents.worked_ladder import (
    ENTRY,
    HELD,
    LEVERAGE,
    MARK,
    PICTURE,
    Rung,
    draw_ladder,
    worked_ladder,
)


def test_after_each_order_the_exchange_has_what_the_ledger_says() -> None:
    ladder = worked_ladder()
    assert len(ladder.rungs) == 10
    assert [rung.ours for rung in ladder.rungs] == [rung.theirs for rung in ladder.rungs]
    assert ladder.begin == (Decimal("847.55"), Decimal("847.55"))
    lefts = [ladder.begin[1], *(rung.theirs for rung in ladder.rungs)]
    assert [before - after for before, after in pairwise(lefts)] == [rung.margin for rung in ladder.rungs]


def test_each_order_takes_what_the_plain_sums_differ_by() -> None:
    rungs = worked_ladder().rungs
    margins = [_orders_e8(rungs[:count]) for count in range(len(rungs) + 1)]
    assert [from_e8(after - before) for before, after in pairwise(margins)] == [rung.margin for rung in rungs]


def _orders_e8(rungs: tuple[Rung, ...]) -> int:
    """What these orders take beside the long; the last price is that of its entry."""
    mark_e8, last_e8 = to_e8(Decimal(MARK)), to_e8(Decimal(ENTRY))
    orders = []
    for rung in rungs:
        is_buy, price_e8 = rung.side == "buy", to_e8(rung.price)
        prices = order_prices(is_buy=is_buy, price_e8=price_e8, prices_e8=(mark_e8, last_e8, last_e8, last_e8))
        orders.append(OpeningOrder(is_buy, to_e8(rung.amount), prices))
    return side_margin(HeldPosition(LINEAR, LEVERAGE, mark_e8, to_e8(HELD)), orders).orders_e8


def test_the_sums_that_the_page_tells_are_those_of_the_ladder() -> None:
    told = page("account.md")
    rungs = worked_ladder().rungs
    assert rungs[0].margin == Decimal("59.99") + Decimal("0.2")
    for figure in (rungs[7].margin, rungs[7].price, rungs[9].price):
        assert plain(figure) in told.replace(",", ""), figure


def test_the_picture_shows_the_ladder_as_it_is_traded_now(tmp_path: Path) -> None:
    anew = tmp_path / "ladder.svg"
    draw_ladder(anew)
    assert _words(PICTURE) == _words(anew)
    for rung in worked_ladder().rungs:
        assert _words(PICTURE).count(plain(rung.theirs)) >= 2, rung


def _words(picture: Path) -> list[str]:
    """What is written in it, bars among it."""
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", picture.read_text())
    return [html.unescape(text).replace("\xa0", " ").strip() for text in texts]


def test_every_choice_that_is_inferred_stands_on_the_page() -> None:
    told = tables(page("account.md"))["inferred"]
    numbers = re.findall(r"^(\d+)\. ", inferred.__doc__ or "", re.MULTILINE)
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert re.findall(r"^\| (\d+) \|", told, re.MULTILINE) == numbers
