"""What Hummingbot reads of a connector before it is used: names, keys, fees, example pairs.

Every command of Hummingbot's imports this, so it is light. The names in capitals are those that it looks for; its own
key store keeps what is asked for here. A field's name begins with its connector's: a sub-domain's is handed to the
constructor with the parent's name in front.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from hummingbot.client.config.config_data_types import BaseConnectorConfigMap
from hummingbot.core.data_type.trade_fee import TradeFeeSchema
from pydantic import ConfigDict, Field, SecretStr

__all__ = [
    "CENTRALIZED",
    "DEFAULT_FEES",
    "EXAMPLE_PAIR",
    "KEYS",
    "OTHER_DOMAINS",
    "OTHER_DOMAINS_DEFAULT_FEES",
    "OTHER_DOMAINS_EXAMPLE_PAIR",
    "OTHER_DOMAINS_KEYS",
    "OTHER_DOMAINS_PARAMETER",
]

LIVE: Final = "binance_perpetual_pro"
TESTNET: Final = "binance_perpetual_pro_testnet"
LOCAL: Final = "binance_perpetual_pro_local"
#: Where a local exchange listens when nobody says otherwise.
LOCAL_ADDRESS: Final = "http://127.0.0.1:8080"

CENTRALIZED: Final = True
EXAMPLE_PAIR: Final = "BTC-USDT"
#: Regular rates, for estimates before the account's own are read.
DEFAULT_FEES: Final = TradeFeeSchema(
    maker_percent_fee_decimal=Decimal("0.0002"), taker_percent_fee_decimal=Decimal("0.0005")
)


def _asked(prompt: str, *, is_secure: bool = True) -> Any:
    extra: dict[str, Any] = {"prompt": prompt, "is_secure": is_secure, "is_connect_key": True, "prompt_on_new": True}
    return Field(default=..., json_schema_extra=extra)


class LiveKeys(BaseConnectorConfigMap):
    """What signs on the live domain."""

    connector: str = LIVE
    binance_perpetual_pro_api_key: SecretStr = _asked("Enter your Binance USD-M API key")
    binance_perpetual_pro_api_secret: SecretStr = _asked(
        "Enter your Binance USD-M API secret (of Ed25519 or RSA the private key, PEM)"
    )
    model_config = ConfigDict(title=LIVE)


class TestnetKeys(BaseConnectorConfigMap):
    """What signs on the demo domain."""

    __test__ = False  # it is no test, whatever its name begins with
    connector: str = TESTNET
    binance_perpetual_pro_testnet_api_key: SecretStr = _asked("Enter your Binance USD-M demo API key")
    binance_perpetual_pro_testnet_api_secret: SecretStr = _asked("Enter your Binance USD-M demo API secret")
    model_config = ConfigDict(title=LIVE)


class LocalAddress(BaseConnectorConfigMap):
    """Where the local exchange is; it makes up the key itself."""

    connector: str = LOCAL
    binance_perpetual_pro_local_exchange: str = _asked(
        f"Enter the address of the local exchange (such as {LOCAL_ADDRESS})", is_secure=False
    )
    model_config = ConfigDict(title=LIVE)


KEYS: Final = LiveKeys.model_construct()

OTHER_DOMAINS: Final = [TESTNET, LOCAL]
OTHER_DOMAINS_PARAMETER: Final = {name: name for name in OTHER_DOMAINS}
OTHER_DOMAINS_EXAMPLE_PAIR: Final = dict.fromkeys(OTHER_DOMAINS, EXAMPLE_PAIR)
#: Of one's own each: what the user sets instead is written into it.
OTHER_DOMAINS_DEFAULT_FEES: Final = {name: replace(DEFAULT_FEES) for name in OTHER_DOMAINS}
OTHER_DOMAINS_KEYS: Final = {TESTNET: TestnetKeys.model_construct(), LOCAL: LocalAddress.model_construct()}
