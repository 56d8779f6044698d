"""A machine whose name servers say nothing: a name that has to be asked for is given up after half a minute.

Put on PYTHONPATH, it is imported at the start of every Python below. When (by the steady clock) the first one was asked
for stands in the file that ASKED_INTO names.
"""

import os
import socket
import time
from pathlib import Path
from typing import Any

_getaddrinfo = socket.getaddrinfo


def getaddrinfo(host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0) -> Any:
    try:
        return _getaddrinfo(host, port, family, type, proto, flags | socket.AI_NUMERICHOST)
    except socket.gaierror:
        if flags & socket.AI_NUMERICHOST:
            raise
        asked = Path(os.environ["ASKED_INTO"])
        if not asked.exists():
            asked.write_text(str(time.monotonic()))
        time.sleep(30)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution") from None


socket.getaddrinfo = getaddrinfo
