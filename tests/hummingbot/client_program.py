"""Hummingbot's interactive client, as its launcher starts it; the wheel has no launcher. The password is that of
`HBOT_PASSWORD`."""

import asyncio
import os

from hummingbot.client.config.config_crypt import (
    PASSWORD_VERIFICATION_PATH,
    ETHKeyFileSecretManger,
    store_password_verification,
)
from hummingbot.client.config.config_helpers import load_client_config_map_from_file
from hummingbot.client.runner import bootstrap_application


async def main() -> None:
    secrets = ETHKeyFileSecretManger(os.environ["HBOT_PASSWORD"])
    if not PASSWORD_VERIFICATION_PATH.exists():
        store_password_verification(secrets)
    client = await bootstrap_application(load_client_config_map_from_file(), secrets)
    if client is None:
        raise SystemExit("the password is another")
    await client.run()


if __name__ == "__main__":
    asyncio.run(main())
