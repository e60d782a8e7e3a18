"""The distribution ``cabinet-cms``: the core, its modules and the default theme, each an import package of its own."""

import subprocess
import sys
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
ROOTS = ("core", "modules", "themes")


class BuildEverything(build_py):
    """Compile the catalogues first, and refuse a wheel without the theme's assets."""

    def run(self) -> None:
        """Build."""
        subprocess.run([sys.executable, "core/cabinet/i18n/catalogues.py", "compile"], cwd=HERE, check=True)
        if not self.editable_mode and not (HERE / "themes/cabinet_theme_default/static/dist/manifest.json").exists():
            raise SystemExit("The theme is not built: run `make assets` first.")
        super().run()


def packages() -> dict[str, str]:
    """Import name → folder, of every package below the roots."""
    return {name: f"{root}/{name.replace('.', '/')}" for root in ROOTS for name in find_packages(str(HERE / root))}


def top_level(root: str) -> list[str]:
    """Packages that lie directly in ``root``."""
    return sorted(path.parent.name for path in (HERE / root).glob("*/__init__.py"))


def requirements(name: str) -> list[str]:
    """Requirements of ``deploy/requirements/<name>.in``, the one place where they are declared."""
    lines = (HERE / "deploy" / "requirements" / f"{name}.in").read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith(("#", "-"))]


found = packages()
setup(
    name="cabinet-cms",
    version="0.1.0",
    description="A self-hosted, modular client cabinet",
    long_description=(HERE / "README.md").read_text("utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.11",
    packages=sorted(found),
    package_dir={name: found[name] for name in found},
    include_package_data=False,
    package_data={
        "": [
            "*.pt",
            "*.txt",
            "*.toml",
            "*.mako",
            "locale/*/LC_MESSAGES/*",
            "migrations/**/*.py",  # read by path, never imported
            "static/**/*",
            "templates/**/*",
            "fonts/*",
            "skeleton/**/*",
            "py.typed",
        ],
    },
    install_requires=requirements("runtime"),
    extras_require={"test": requirements("test"), "lint": requirements("lint")},
    entry_points={
        "console_scripts": ["cabinet = cabinet.cli:main"],
        "paste.app_factory": ["main = cabinet.app:main"],
        "cabinet.modules": [f"{name.removeprefix('cabinet_')} = {name}" for name in top_level("modules")],
        "cabinet.themes": [f"{name.removeprefix('cabinet_theme_')} = {name}" for name in top_level("themes")],
    },
    cmdclass={"build_py": BuildEverything},
    zip_safe=False,
    classifiers=[
        "Framework :: Pyramid",
        "License :: OSI Approved :: MIT License",
        "Natural Language :: English",
        "Natural Language :: Russian",
        "Programming Language :: Python :: 3",
    ],
)
