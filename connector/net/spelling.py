"""How a request is spelt and signed, by either way: what is signed is what is sent, percent-encoding included.

    REST      name=value&...&signature=...    in the order in which they were given; the key in a header
    WS-API    {"name": value, ...}            signed sorted by name, encoded as in a query string; the key among them,
                                              and neither key nor signature once the connection is logged on
Source: "Signed endpoint security", "WebSocket API general info, request security", as of 2026-11. No page says whether
the WS-API encodes values before signing; the official client does.
"""

from collections.abc import Callable, Mapping

from connector.core.faults import UnavailableFault
from connector.net.core_dumps import forbid_core_dumps
from connector.net.json_params import json_params, signed_params
from connector.net.query_text import encoded, query_text
from connector.net.sign import Signer
from connector.venue.domains import Domain, require_own_addresses
from connector.venue.endpoints import API_KEY_HEADER, WS_LOGON, Endpoint, Security


class Spelling:
    """Signs with one key. `venue_ms` is the venue's clock, asked at the last moment."""

    def __init__(self, domain: Domain, venue_ms: Callable[[], int], recv_window_ms: int) -> None:
        self._domain = domain
        self._venue_ms = venue_ms
        self.recv_window_ms = recv_window_ms
        self.signer: Signer | None = None

    def sign_with(self, signer: Signer) -> None:
        """Takes the key. Raises `UnavailableFault` for a domain whose addresses are not its own row's."""
        require_own_addresses(self._domain)
        if not self._domain.is_local:
            forbid_core_dumps()
        self.signer = signer

    @property
    def can_log_on(self) -> bool:
        """Whether a connection of the WS-API may be logged on with the key."""
        return self.signer is not None and self.signer.can_log_on

    def rest(self, endpoint: Endpoint, params: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """The address and the headers."""
        root = self._wallet_root(endpoint) if endpoint.is_of_wallet else self._domain.rest
        address, query = f"{root}{endpoint.path}", query_text(params)
        if endpoint.security is Security.NONE:
            return f"{address}?{query}" if query else address, {}
        signer = self.key_for(endpoint)
        headers = {API_KEY_HEADER: signer.api_key.reveal()}
        if endpoint.security is Security.KEY:
            return f"{address}?{query}" if query else address, headers
        window = f"recvWindow={self.recv_window_ms}&" if self.recv_window_ms else ""
        signed = f"{query}{'&' if query else ''}{window}timestamp={self._venue_ms()}"
        return f"{address}?{signed}&signature={encoded(signer.sign(signed))}", headers

    def ws(self, endpoint: Endpoint, params: Mapping[str, str], *, is_logged_on: bool) -> bytes:
        """The parameters of a signed request, a JSON object."""
        stamped = {**params, **self._stamp()}
        return json_params(stamped) if is_logged_on else self._signed(endpoint, stamped)

    def logon(self) -> bytes:
        """The parameters of a logon."""
        return self._signed(WS_LOGON, self._stamp())

    def _signed(self, endpoint: Endpoint, stamped: dict[str, str]) -> bytes:
        signer = self.key_for(endpoint)
        stamped["apiKey"] = signer.api_key.reveal()
        return signed_params(stamped, signer.sign)

    def _stamp(self) -> dict[str, str]:
        """When the request was made, and how long after it may arrive; without a window the venue's own holds."""
        window = {"recvWindow": str(self.recv_window_ms)} if self.recv_window_ms else {}
        return {**window, "timestamp": str(self._venue_ms())}

    def _wallet_root(self, endpoint: Endpoint) -> str:
        """Raises `UnavailableFault` where no host of the domain knows the wallet's paths."""
        if not self._domain.wallet:
            raise UnavailableFault(f"{endpoint.path} can't be asked here: no host of {self._domain.title} knows it")
        return self._domain.wallet

    def key_for(self, endpoint: Endpoint) -> Signer:
        """What signs. Raises `UnavailableFault` where there is no key."""
        if self.signer is None:
            raise UnavailableFault(f"{endpoint.method} {endpoint.path} needs an API key and there is none")
        return self.signer
