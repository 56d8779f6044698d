"""What leaves for an intent is what ccxt sends for it: the same parameters, and a signature that holds."""

import hashlib
import hmac
import json
import re
from collections.abc import Awaitable
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest

from connector.core.enums import OrderType, PositionAction, PositionMode, TimeInForce, TradeType
from connector.core.intents import OrderIntent
from connector.core.order_options import PLAIN, OrderOptions
from connector.core.reports import PositionModeReport
from connector.core.secrets import Secret
from connector.exchange.derivative import PerpetualDerivative
from connector.net.sign import HmacSigner
from tests.companions.orders.first_request import Act, first_request
from tests.companions.orders.order_table import CASES, Case
from tests.companions.orders.quiet_connector import KEY, PAIR, SECRET, SYMBOL
from tests.strangers.conftest import Run, Step

#: When it was sent, how long it may take, and its proof: of each client its own.
STAMPS = {"timestamp", "recvWindow", "signature"}
#: Whoever sent it chose them.
NAMES = {"newClientOrderId", "origClientOrderId", "clientAlgoId"}
#: ccxt asks for the result; the product takes the ack, and the rest from the stream.
ONLY_CCXT = {"newOrderRespType"}
OPEN, CLOSE = PositionAction.OPEN, PositionAction.CLOSE
LIMIT, MARKET, POST_ONLY = OrderType.LIMIT, OrderType.MARKET, OrderType.LIMIT_MAKER
AMOUNT = Decimal("0.01")

#: An order without an action is one of ours alone: ccxt has no word for it.
OFFERED = [case for case in CASES if case.action is not PositionAction.NIL]

Request = tuple[str, str, dict[str, str]]


def buy(kind: OrderType, price: str = "NaN", action: PositionAction = OPEN, options: OrderOptions = PLAIN) -> Act:
    def act(connector: PerpetualDerivative) -> None:
        connector.buy(PAIR, AMOUNT, kind, Decimal(price), position_action=action, options=options)

    return act


def sell(kind: OrderType, price: str = "NaN", action: PositionAction = OPEN) -> Act:
    def act(connector: PerpetualDerivative) -> None:
        connector.sell(PAIR, AMOUNT, kind, Decimal(price), position_action=action)

    return act


def several(connector: PerpetualDerivative) -> None:
    prices = (Decimal(50_000), Decimal(50_001))
    connector.batch_order_create([OrderIntent(PAIR, TradeType.BUY, LIMIT, AMOUNT, price) for price in prices])


def conditional(kind: OrderType, options: OrderOptions, price: str = "NaN", action: PositionAction = OPEN) -> Act:
    def act(connector: PerpetualDerivative) -> None:
        connector.sell(PAIR, AMOUNT, kind, Decimal(price), position_action=action, options=options)

    return act


def hedged(act: Act) -> Act:
    def hedge(connector: PerpetualDerivative) -> Awaitable[object] | None:
        connector.components.dispatcher.dispatch(PositionModeReport(PositionMode.HEDGE))
        return act(connector)

    return hedge


#: By the names that ccxt_requests.py has for them.
INTENTS: dict[str, Act] = {
    "limit buy": buy(LIMIT, "50000"),
    "limit sell": sell(LIMIT, "70000.5"),
    "market buy": buy(MARKET),
    "post-only sell": sell(POST_ONLY, "70000"),
    "reduce-only limit sell": sell(LIMIT, "70000", CLOSE),
    "reduce-only market buy": buy(MARKET, action=CLOSE),
    "immediate or cancel": buy(LIMIT, "50000", options=OrderOptions(TimeInForce.IOC)),
    "fill or kill": buy(LIMIT, "50000", options=OrderOptions(TimeInForce.FOK)),
    "stop market": conditional(OrderType.STOP_MARKET, OrderOptions(trigger_price=Decimal(50_000))),
    "stop, reduce-only": conditional(OrderType.STOP, OrderOptions(trigger_price=Decimal(50_000)), "49000", CLOSE),
    "take profit market": conditional(OrderType.TAKE_PROFIT_MARKET, OrderOptions(trigger_price=Decimal(70_000))),
    "take profit": conditional(OrderType.TAKE_PROFIT, OrderOptions(trigger_price=Decimal(70_000)), "70100"),
    "trailing stop": conditional(
        OrderType.TRAILING_STOP_MARKET, OrderOptions(callback_rate=Decimal("0.5"), activation_price=Decimal(70_000))
    ),
    "several": several,
    "hedge: a long is opened": hedged(buy(LIMIT, "50000")),
    "hedge: a short is opened": hedged(sell(MARKET)),
    "hedge: a long is closed": hedged(sell(LIMIT, "70000", CLOSE)),
    "hedge: a short is closed": hedged(buy(MARKET, action=CLOSE)),
    "cancel": lambda connector: connector.components.entry.cancels.cancel_by_id(SYMBOL, "desk1-1"),
    "query": lambda connector: connector.venue_api.order(SYMBOL, "desk1-1"),
    "open orders": lambda connector: connector.venue_api.open_orders(SYMBOL),
    "own trades from an id": lambda connector: anext(connector.venue_api.trades_from(SYMBOL, 5)),
    "leverage": lambda connector: connector.venue_api.set_leverage(SYMBOL, 7),
    "hedge mode": lambda connector: connector.venue_api.set_position_mode(PositionMode.HEDGE),
    "one-way mode": lambda connector: connector.venue_api.set_position_mode(PositionMode.ONEWAY),
}


@pytest.fixture(scope="module")
def theirs(stranger: Run) -> dict[str, Step]:
    return stranger("ccxt_requests.py")


async def ours(act: Act) -> tuple[Request, str]:
    """What leaves for an intent, and the text whose signature it carries."""
    sent = await first_request(act)
    assert sent.headers["X-MBX-APIKEY"] == KEY
    return (sent.method, sent.path, sent.params), sent.query


def proves(text: str, secret: str) -> bool:
    """Whether the text ends with the HMAC of what stands before."""
    payload, _, signature = text.rpartition("&signature=")
    by_ours = HmacSigner(Secret(KEY), Secret(secret)).sign(payload)
    return by_ours == signature == hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def meaning(request: Request, without: set[str]) -> tuple[str, str, dict[str, object]]:
    """The request without those fields, its own and those of the orders that it is a list of."""
    method, path, params = request
    kept: dict[str, object] = {name: value for name, value in params.items() if name not in without}
    if "batchOrders" in kept:
        rows = json.loads(params["batchOrders"])
        kept["batchOrders"] = [{name: row[name] for name in row if name not in without} for row in rows]
    return method, path, kept


async def is_sent_alike(act: Act, step: Step) -> None:
    """The same request, but for what each client chooses for itself, and a proof of either that holds."""
    told = json.loads(step.said)
    parts = urlsplit(told["url"])
    theirs_sent = told["method"], parts.path, dict(parse_qsl(parts.query + told["body"]))
    theirs_text = told["body"] or parts.query
    ours_sent, text = await ours(act)
    assert meaning(ours_sent, STAMPS | NAMES) == meaning(theirs_sent, STAMPS | NAMES | ONLY_CCXT)
    assert ours_sent[2].keys() & NAMES == theirs_sent[2].keys() & NAMES
    assert proves(text, SECRET) and proves(theirs_text, SECRET)


@pytest.mark.parametrize("intent", INTENTS)
async def test_an_intent_is_sent_as_ccxt_sends_it(intent: str, theirs: dict[str, Step]) -> None:
    await is_sent_alike(INTENTS[intent], theirs[intent])


@pytest.mark.parametrize("case", OFFERED, ids=lambda case: case.name)
async def test_an_order_of_the_table_is_sent_as_ccxt_sends_it(case: Case, theirs: dict[str, Step]) -> None:
    await is_sent_alike(case.ask, theirs[case.name])


@pytest.mark.parametrize("intent", INTENTS)
async def test_a_request_is_stamped_and_its_order_named_within_the_venues_letters(intent: str) -> None:
    (_, _, params), _ = await ours(INTENTS[intent])
    assert params.keys() >= STAMPS
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,36}", params[name]) for name in params.keys() & NAMES)
