"""The same browsers and people as the functional tests."""

import importlib.util
from pathlib import Path

_source = Path(__file__).parents[1] / "functional" / "conftest.py"
_spec = importlib.util.spec_from_file_location("functional_conftest", _source)
_shared = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_shared)

browser, person, core_client, signed_in = _shared.browser, _shared.person, _shared.core_client, _shared.signed_in
