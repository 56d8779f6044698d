"""Parameters as the WS-API takes them: the twin that is in use, by the rule of `core/twins.py`."""

from typing import TYPE_CHECKING

from connector.core.twins import COMPILED

if TYPE_CHECKING or not COMPILED:
    from connector.net.plain.json_params import json_params, signed_params
else:
    from connector.net.compiled.json_params import json_params, signed_params

__all__ = ["json_params", "signed_params"]
