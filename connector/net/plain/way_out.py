"""A request's way to the socket of the WS-API, in one call: the specification of the compiled twin."""

from collections.abc import Awaitable, Callable, Mapping

from connector.core.clock import Clock
from connector.net.clock_meter import ClockMeter
from connector.net.http import HttpAnswer, NoAnswer
from connector.net.limits.admission import Admission, cost_of
from connector.net.limits.throttle import Ticket
from connector.net.order_sockets import OrderSockets
from connector.net.spelling import Spelling
from connector.venue.endpoints import Endpoint

Left = tuple[Ticket, Awaitable[HttpAnswer]]


class WayOut:
    """Spells, signs, counts and sends requests of one domain. `meter` measures the venue's clock."""

    def __init__(
        self, sockets: OrderSockets | None, spelling: Spelling, admission: Admission, meter: ClockMeter, clock: Clock
    ) -> None:
        """`sockets`: None where orders go by REST."""
        self._sockets, self._spelling, self._admission = sockets, spelling, admission

    def send(self, endpoint: Endpoint, params: Mapping[str, str], left: Callable[[], None]) -> Left | None:
        """Sends a request here and now. Returns its ticket, which has to come back, and what waits for its answer; None
        where nothing has left: it goes by REST, or has to wait for the rate limits. `left` is called when its last byte
        was handed to the system."""
        sockets = self._sockets
        if sockets is None or not endpoint.ws_method:
            return None
        socket = sockets.of(endpoint)
        if not socket.is_up:
            return None
        spelt = self._spelling.ws(endpoint, params, is_logged_on=socket.is_logged_on)
        ticket = self._admission.enter_at_once(endpoint, cost_of(endpoint, params))
        if ticket is None:
            return None
        try:
            return ticket, socket.send(endpoint.ws_method, spelt, left)
        except NoAnswer:
            self._admission.give_back(ticket, endpoint.priority)
            return None
