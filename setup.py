"""Builds the compiled twins; a machine that cannot build all of them installs the plain ones instead.

Each extension is optional: when it cannot be built the build says so and goes on, and `connector/core/twins.py` then
loads the plain twin of every room. `CONNECTOR_PLAIN=1` builds none.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from setuptools import Extension, setup

PACKAGE = Path("connector")
SOURCES = sorted(PACKAGE.rglob("*.pyx"))
#: What a source may include: whichever of them changes, everything is built again.
INCLUDED = sorted(str(path) for kind in ("*.pxd", "*.h") for path in PACKAGE.rglob(kind))
#: Where loops over bytes are: their code may grow.
_LOOPS = {"market", "wire"}


def _optimised(source: Path) -> str:
    """How a source is compiled. An order's way is run through once and with cold caches: short code is quick there."""
    if sys.platform == "win32":
        # Microsoft's compiler has its own word for all of it.
        return "/O2"
    return "-O3" if source.parts[1] in _LOOPS else "-O2"


def extensions() -> list[Extension]:
    if os.environ.get("CONNECTOR_PLAIN") == "1" or not find_spec("picows"):  # the listener needs picows' declarations
        return []
    from Cython.Build import cythonize

    modules = [
        Extension(
            ".".join(source.with_suffix("").parts),
            [str(source)],
            extra_compile_args=[_optimised(source)],
            include_dirs=[str(source.parent)],
            depends=INCLUDED,
        )
        for source in SOURCES
    ]
    directives = {"language_level": 3, "boundscheck": False, "wraparound": False, "cdivision": True}
    built: list[Extension] = cythonize(modules, compiler_directives=directives)
    for extension in built:
        extension.optional = True  # cythonize makes new extensions and drops this
    return built


setup(ext_modules=extensions())
