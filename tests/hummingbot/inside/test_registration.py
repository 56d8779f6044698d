"""What Hummingbot reads before it uses the connector."""

import subprocess
import sys

from hummingbot.client.config.config_helpers import ClientConfigAdapter, api_keys_from_connector_config_map
from hummingbot.client.settings import AllConnectorSettings

from connector.adapters.hummingbot import registration

NAMES = ("binance_perpetual_pro", "binance_perpetual_pro_testnet", "binance_perpetual_pro_local")


def test_every_name_has_perpetual_in_it_and_fees_of_its_own() -> None:
    for name in NAMES:
        setting = AllConnectorSettings.get_connector_settings()[name]
        assert "_perpetual" in setting.name and setting.config_keys.connector == name
        assert setting.trade_fee_schema.maker_percent_fee_decimal > 0


def test_sub_domains_hand_their_keys_to_the_constructor_by_the_parents_name() -> None:
    settings = AllConnectorSettings.get_connector_settings()
    given = settings[NAMES[1]].conn_init_parameters(api_keys={f"{NAMES[1]}_api_key": "k"})
    assert (given["binance_perpetual_pro_api_key"], given["domain"]) == ("k", NAMES[1])
    given = settings[NAMES[2]].conn_init_parameters(api_keys={f"{NAMES[2]}_exchange": "http://127.0.0.1:8080"})
    assert (given["binance_perpetual_pro_exchange"], given["domain"]) == ("http://127.0.0.1:8080", NAMES[2])


def test_the_local_domain_is_connected_by_an_address_that_is_no_secret() -> None:
    keys = registration.LocalAddress(binance_perpetual_pro_local_exchange="http://127.0.0.1:8080")
    adapter = ClientConfigAdapter(keys)
    assert api_keys_from_connector_config_map(adapter) == {
        "binance_perpetual_pro_local_exchange": "http://127.0.0.1:8080"
    }
    assert not adapter.is_secure("binance_perpetual_pro_local_exchange")
    assert ClientConfigAdapter(registration.KEYS).is_secure("binance_perpetual_pro_api_secret")


def test_a_look_at_the_names_loads_nothing_of_the_connection() -> None:
    code = (
        "import sys, connector.adapters.hummingbot.registration; "
        "print(sorted(name for name in sys.modules if name.startswith(('connector.exchange', 'picows', 'aiohttp'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "connector.exchange" not in done.stdout and "picows" not in done.stdout


def test_fees_that_the_user_sets_for_one_name_are_not_those_of_another() -> None:
    fees = [registration.DEFAULT_FEES, *registration.OTHER_DOMAINS_DEFAULT_FEES.values()]
    assert len({id(row) for row in fees}) == len(NAMES)
    assert all(row == fees[0] for row in fees)
