"""New orders and changes, several in one request: each has a fate of its own.

All are written down before the request leaves. What opens and what only reduces go apart: they have other gates, and
another place in the queue. One that is no longer wanted when the request's turn comes is taken out of it. A request
that is refused, or not answered, is so for each of its orders; none is sent again.
"""

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from connector.core.faults import ArgumentFault
from connector.core.intents import ModifyIntent, OrderIntent
from connector.exchange.orders.cancels import TaskOwner
from connector.exchange.orders.entry_terms import Placing
from connector.exchange.orders.modifications import Modification, Modifications
from connector.exchange.orders.order_entry import OrderEntry
from connector.exchange.orders.together import Outcome, asked_together, in_groups
from connector.net.gateway import Gateway
from connector.venue import endpoints
from connector.venue.endpoints import Endpoint
from connector.wire import requests

Asked = TypeVar("Asked", Placing, Modification)
_Sent = TypeVar("_Sent", contravariant=True)


class Sender(Protocol[_Sent]):
    """Who sends one, and takes in what comes of it."""

    def may_go(self, asked: _Sent) -> bool: ...
    def is_wanted(self, asked: _Sent) -> bool: ...
    def params_of(self, asked: _Sent) -> requests.RequestParams: ...
    async def ask(self, asked: _Sent) -> Outcome: ...
    async def heed(self, asked: _Sent, outcome: Outcome) -> None: ...


class Batches:
    """Returns at once; what becomes of each order arrives as reports."""

    def __init__(self, gateway: Gateway, entry: OrderEntry, modifications: Modifications, tasks: TaskOwner) -> None:
        self._gateway = gateway
        self._entry = entry
        self._modifications = modifications
        self._tasks = tasks

    def create(self, intents: Sequence[OrderIntent]) -> list[str]:
        """Places several orders and returns their ids; what can be no order fails by its event. Raises
        `UnavailableFault` while the connector is not started; nothing is placed then."""
        self._tasks.require_running()
        names, placings = [], []
        for intent in intents:
            try:
                placing = self._entry.track(intent)
            except ArgumentFault as fault:
                names.append(self._entry.fail_untracked(intent, fault))
                continue
            names.append(placing.order.client_order_id)
            if intent.order_type.is_conditional:
                self._tasks.spawn(self._entry.send(placing))  # the venue has no request for several of them
            else:
                placings.append(placing)
        for group, endpoint in _of_one_request(placings, endpoints.PLACE_ORDERS, endpoints.CLOSE_ORDERS):
            self._tasks.spawn(self._send(self._entry, group, endpoint))
        return names

    def modify(self, intents: Sequence[ModifyIntent]) -> None:
        """Changes several orders. Raises `ArgumentFault` for the first that can be no change, once all others are
        asked for, and `UnavailableFault` while the connector is not started."""
        self._tasks.require_running()
        refused: list[ArgumentFault] = []
        modifications = []
        for intent in intents:
            try:
                modification = self._modifications.write_down(intent)
            except ArgumentFault as fault:
                refused.append(fault)
            else:
                modifications += [modification] if modification else []
        for group, endpoint in _of_one_request(modifications, endpoints.MODIFY_ORDERS, endpoints.MODIFY_CLOSE_ORDERS):
            self._tasks.spawn(self._send(self._modifications, group, endpoint))
        if refused:
            raise refused[0]

    async def _send(self, sender: Sender[Asked], group: Sequence[Asked], endpoint: Endpoint) -> None:
        waiting = [asked for asked in group if sender.may_go(asked)]
        while len(waiting) > 1:
            kept: list[Asked] = []
            params = requests.several([sender.params_of(asked) for asked in waiting])
            names = [(asked.order.symbol, asked.order.client_order_id) for asked in waiting]
            may_leave = partial(_all_are_wanted, sender, waiting, kept)
            outcomes = await asked_together(self._gateway, endpoint, params, names, may_leave)
            taken_out = kept or waiting
            each = [(asked, outcome) for asked, outcome in zip(waiting, outcomes, strict=True) if asked in taken_out]
            await asyncio.gather(*(sender.heed(asked, outcome) for asked, outcome in each))
            waiting = [asked for asked in waiting if asked not in taken_out]
        for asked in waiting:
            await sender.heed(asked, await sender.ask(asked))


def _all_are_wanted(sender: Sender[Asked], waiting: Sequence[Asked], kept: list[Asked]) -> bool:
    """Whether the request may leave as it is; `kept` are those that may not."""
    kept[:] = [asked for asked in waiting if not sender.is_wanted(asked)]
    return not kept


def _of_one_request(
    rows: Sequence[Asked], opening: Endpoint, closing: Endpoint
) -> Iterable[tuple[Sequence[Asked], Endpoint]]:
    """The rows in groups that one request can carry, with the request of each."""
    for endpoint, reduces_only in ((opening, False), (closing, True)):
        alike = [asked for asked in rows if asked.reduces_only is reduces_only]
        yield from ((group, endpoint) for group in in_groups(alike, endpoints.MOST_BATCHED))
