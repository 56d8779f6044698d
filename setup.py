"""Builds the compiled twins; a machine without a compiler installs the plain ones instead.

Each extension is optional: when it cannot be built the build says so and goes on, and the chooser modules
(`connector/market/order_book.py` and its like) load the plain twin. `CONNECTOR_PLAIN=1` builds none.
"""

import os
from importlib.util import find_spec
from pathlib import Path

from setuptools import Extension, setup

SOURCES = sorted(Path("connector").glob("*/_*_c.pyx"))
#: Needs picows' declarations; without them the listener is the plain one.
LISTENER = Path("connector/net/_listener_c.pyx")


def extensions() -> list[Extension]:
    if os.environ.get("CONNECTOR_PLAIN"):
        return []
    from Cython.Build import cythonize

    modules = [
        Extension(
            ".".join(source.with_suffix("").parts),
            [str(source)],
            extra_compile_args=["-O3"],
            include_dirs=[str(source.parent)],
            depends=[*map(str, source.parent.glob("*_c.pxd")), *map(str, source.parent.glob("*_c.h"))],
        )
        for source in SOURCES
        if source != LISTENER or find_spec("picows")
    ]
    directives = {"language_level": 3, "boundscheck": False, "wraparound": False, "cdivision": True}
    built: list[Extension] = cythonize(modules, compiler_directives=directives)
    for extension in built:
        extension.optional = True  # cythonize makes new extensions and drops this
    return built


setup(ext_modules=extensions())
