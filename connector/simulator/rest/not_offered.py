"""What the venue has and this exchange has not: conversion, and exports by post.

Each of these paths answers one clear refusal in the venue's error shape, whatever it is sent: HTTP 400, -1020.
"""

from connector.simulator.errors import VenueError
from connector.simulator.rest.request import Request

NOT_OFFERED: frozenset[tuple[str, str]] = frozenset(
    {
        ("POST", "/fapi/v1/convert/acceptQuote"),
        ("GET", "/fapi/v1/convert/exchangeInfo"),
        ("GET", "/fapi/v1/convert/orderStatus"),
        ("POST", "/fapi/v1/convert/getQuote"),
        ("GET", "/fapi/v1/order/asyn"),
        ("GET", "/fapi/v1/trade/asyn"),
        ("GET", "/fapi/v1/income/asyn"),
        ("GET", "/fapi/v1/order/asyn/id"),
        ("GET", "/fapi/v1/trade/asyn/id"),
        ("GET", "/fapi/v1/income/asyn/id"),
        ("GET", "/fapi/v1/pmAccountInfo"),
    }
)


class NotOffered(VenueError):
    """-1020, with a word that it is this exchange that lacks it."""

    def __init__(self) -> None:
        super().__init__(-1020)
        self.text += " Not offered by the local exchange."


def not_offered(request: Request) -> object:
    raise NotOffered
