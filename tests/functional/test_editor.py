"""What the editor asks while somebody writes: a draft kept, shown and forgotten, files taken; and all of it without a script."""

from __future__ import annotations

from typing import Any

import pytest
from webtest import Upload

from cabinet.testing.twins import token_of

pytestmark = pytest.mark.any_engine
NAMED = {"draft_kind": "client_manager.text", "draft_place": "new", "draft_field": "body"}


@pytest.fixture
def writer(person: Any, signed_in: Any) -> Any:
    person("anna@x.ru", "manager")
    app = signed_in("anna@x.ru")
    token = token_of(app)

    def post(path: str, **fields: Any) -> Any:
        return app.post(path, {"csrf_token": token, **NAMED, **fields}, expect_errors=True)

    post.get = lambda path: app.get(path, expect_errors=True)  # type: ignore[attr-defined]
    return post


def test_a_text_is_kept_shown_and_forgotten(writer: Any) -> None:
    assert "Draft kept" in writer("/drafts", body="**Half**")
    assert "<strong>Half</strong>" in writer("/drafts/preview", body="**Half**<script>")
    assert "<script>" not in writer("/drafts/preview", body="<script>").text
    assert writer("/drafts/discard").status_int == 303
    assert writer("/drafts", draft_kind="nobody.text").status_int == 404
    assert writer("/drafts", draft_place="../x").status_int == 404


def test_a_file_on_a_draft_is_seen_by_its_writer_and_nobody_else(writer: Any, person: Any, signed_in: Any) -> None:
    taken = writer("/drafts/files", file=Upload("plan.txt", b"a plan"))
    path = taken.html.find("a")["href"]
    shown = writer.get(path)
    assert shown.body == b"a plan"
    assert shown.headers["Content-Disposition"].startswith("attachment")
    assert path in writer("/drafts/preview", body=taken.html.find("li")["data-markdown"])
    person("boris@x.ru", "manager")
    assert signed_in("boris@x.ru").get(path, expect_errors=True).status_int == 404
    refused = writer("/drafts/files", file=Upload("run.exe", b"MZ"))
    assert refused.status_int == 422 and "run.exe" in refused.text
    writer("/drafts/discard")
    assert writer.get(path).status_int == 404
