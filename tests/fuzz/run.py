"""Fuzz one reader of statements with coverage in sight (atheris), and keep what reached new ground.

    make fuzz [F=onec] [SECONDS=600]

The corpus beside this file and the sample statements of CABINET_SAMPLES, read in place, are where it begins. What is found stands in
``fuzz-finds/``; a find becomes a test, and its file, made small, a part of the corpus. A reader has two seconds and 512 MB.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import atheris

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
sys.path[:0] = [str(_ROOT / "core"), str(_ROOT / "modules"), str(_HERE)]

with atheris.instrument_imports(include=["cabinet_finsystem.statements"]):
    from targets import TARGETS

_SAMPLES = {"1c": "1c", "mt940": "mt940", "camt": "camt", "ofx": "ofx", "table": "csv"}


def main(name: str, seconds: str) -> None:
    """Fuzz the target ``name`` for so many seconds; exits by itself, with an error where something was found."""
    grown = _ROOT / "fuzz-finds" / name
    grown.mkdir(parents=True, exist_ok=True)
    seeds = [str(grown)]
    if (_HERE / "corpus" / name).is_dir():
        seeds.append(str(_HERE / "corpus" / name))
    samples = Path(os.environ.get("CABINET_SAMPLES", "/nowhere")) / _SAMPLES.get(name, "nothing")
    if samples.is_dir():
        seeds.append(str(samples))
    options = ["-timeout=2", "-rss_limit_mb=512", "-max_len=65536", f"-artifact_prefix={grown.parent}/{name}-"]
    if (_HERE / f"{name}.dict").exists():
        options.append(f"-dict={_HERE / name}.dict")
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", *options, *seeds], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
