"""Put what the code reads beside itself into a wheel: the folders at the top stand there in graph/shipped (graph/settings.py).

All else that setuptools has to know is in pyproject.toml. An editable install is none of this: it reads the checkout.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist
from setuptools.errors import FileError

# Of data/, what a release holds, by name: a steward may keep tables there that quote pages.
SHIPPED = (
    "data/goal-labels.csv",
    "data/quality.csv",
    "data/removals.csv",
    "data/review.csv",
    "data/records/**/*.json",
    "mappings/**/*",
    "ontology/**/*",
    "static/*",
    "static/build/*",
    "static/js/**/*",
    "templates/**/*",
    "translations/**/*.po",
)
# What a source distribution has beside that: whence the bundles come.
SOURCES = ("Makefile", "requirements.lock", "CHANGELOG.md", "CITATION.cff", "frontend/*")
NOT_OURS = {"static/build/ready", "frontend/npm.log"}  # make's, of this machine


def files(patterns: tuple[str, ...]) -> list[str]:
    """Return the files of some patterns, relative to here, sorted; none that is hidden."""
    every = {path for pattern in patterns for path in Path().glob(pattern) if path.is_file()}
    names = {path.as_posix() for path in every if not any(part.startswith(".") for part in path.parts)}
    return sorted(names - NOT_OURS)


def check_bundles() -> None:
    """Refuse to go on without the bundles of others' code, which nobody could build where a wheel is installed."""
    built = Path("static", "build")
    try:
        known = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileError("static/build is missing, and a wheel ships it: run make frontend first") from None
    missing = [each["file"] for each in known.values() if not (built / each["file"]).exists()]
    if missing:
        raise FileError(f"static/build lacks {', '.join(missing)}: run make frontend first")


class Build(build_py):  # type: ignore[misc]
    """Copy the folders into the package, where it is built and not merely pointed at."""

    def run(self) -> None:
        """Build the package."""
        if not self.editable_mode:
            check_bundles()
            # An earlier build may have left files that are none of ours any more.
            shutil.rmtree(self._folder(), ignore_errors=True)
        super().run()
        if not self.editable_mode:
            for name in files(SHIPPED):
                target = self._folder() / name
                self.mkpath(str(target.parent))
                self.copy_file(name, str(target), preserve_mode=False)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:  # noqa: FBT001, FBT002 - setuptools' own form
        """Return what a build writes."""
        own = [] if self.editable_mode else [str(self._folder() / name) for name in files(SHIPPED)]
        return [*super().get_outputs(include_bytecode), *own]

    def get_source_files(self) -> list[str]:
        """Return what a source distribution needs to build the same."""
        return [*super().get_source_files(), *files(SHIPPED), *files(SOURCES)]

    def _folder(self) -> Path:
        return Path(self.build_lib, "graph", "shipped")


class Sources(sdist):  # type: ignore[misc]
    """Refuse a source distribution from which no wheel could be built without Node."""

    def run(self) -> None:
        """Make it."""
        check_bundles()
        super().run()

    def make_distribution(self) -> None:
        """Write it, without the part of tests/ that setuptools would take by itself."""
        self.filelist.exclude_pattern(None, prefix="tests")
        super().make_distribution()


setup(cmdclass={"build_py": Build, "sdist": Sources})
