"""The build compiles the catalogues; everything else stands in pyproject.toml."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithCatalogues(build_py):
    """Write a .mo beside every .po first."""

    def run(self) -> None:
        """Build."""
        for path in Path(__file__).parent.glob("cabinet_visits/locale/*/LC_MESSAGES/*.po"):
            with path.open("rb") as source, path.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(source, locale=path.parts[-3]))
        super().run()


setup(cmdclass={"build_py": BuildWithCatalogues})
