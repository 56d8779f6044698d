"""Where a connector of Hummingbot's trades, and what signs there. Keys are secrets from here on."""

import json
from dataclasses import dataclass
from typing import Final

from connector.adapters.hummingbot.registration import LOCAL_ADDRESS
from connector.core.faults import NoKeyFault, UnavailableFault
from connector.core.figures import FigureError, word
from connector.core.secrets import Secret
from connector.net.http import Http, NoAnswer
from connector.net.sign import HmacSigner, KeyPairSigner, Signer
from connector.venue import domains
from connector.venue.domains import Domain

_PEM: Final = "-----BEGIN"
_ANSWER_WITHIN_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Access:
    """One account of one domain; the local exchange tells its key when it is asked."""

    domain: Domain
    #: None: a local exchange makes the key up, or none was given.
    own_signer: Signer | None = None

    async def signer(self) -> Signer:
        """What signs now. Raises `NoKeyFault` without a key, `UnavailableFault` where no local exchange answers."""
        if self.own_signer is not None:
            return self.own_signer
        if not self.domain.is_local:
            raise NoKeyFault(f"{self.domain.name}: no API key; add it by connect")
        return await _made_up_key(self.domain)


def access_to_venue(domain_name: str, api_key: str, api_secret: str) -> Access:
    """A domain of the venue. Raises `ConfigFault` for a private key that is none."""
    domain = domains.domain_named(domain_name)
    if not (api_key and api_secret):
        return Access(domain)
    key, secret = Secret(api_key), Secret(api_secret)
    return Access(domain, KeyPairSigner(key, secret) if _PEM in api_secret else HmacSigner(key, secret))


class _Named:
    """The address of the local exchange that was named last in this process."""

    address = LOCAL_ADDRESS


def access_to_local(address: str = "") -> Access:
    """The local exchange at an address such as `http://127.0.0.1:8080`. Without one, as Hummingbot makes objects that
    read alone: where the last one was named. Raises `ConfigFault` for one that is not on loopback."""
    root = (address or _Named.address).rstrip("/")
    sockets = f"ws://{root.removeprefix('http://')}"
    access = Access(domains.LOCAL.at(root, sockets, f"{sockets}/ws-fapi/v1"))
    _Named.address = root
    return access


async def _made_up_key(domain: Domain) -> Signer:
    http = Http(_ANSWER_WITHIN_S, through_proxy=False)
    try:
        answer = await http.send("GET", f"{domain.rest}/local/v1/account", {})
        row = json.loads(answer.body)
        key, secret = (word(row[name], name) for name in ("api_key", "api_secret"))
    except NoAnswer as error:
        remedy = "start it: connector simulator"
        raise UnavailableFault(f"no local exchange answers at {domain.rest}; {remedy}") from error
    except (ValueError, KeyError, TypeError, RecursionError, FigureError) as error:
        raise UnavailableFault(f"{domain.rest} is not a local exchange: it tells no key") from error
    finally:
        await http.close()
    return HmacSigner(Secret(key), Secret(secret))
