"""What may hang on a text: pictures, which are written anew, and papers, which are only ever saved."""

from __future__ import annotations

from cabinet.errors import DomainError
from cabinet.files.images import clean_picture
from cabinet.files.kinds import clean_name, kind_of
from cabinet.texts import _

WIDEST = 2000
"""Pixels of a picture's longer side: more than a screen shows."""

_PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_PAPERS = {
    *("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "rtf", "txt", "csv", "md"),
    *("zip", "7z", "rar", "xml", "json", "eml", "msg", "p7s", "sig", "dwg", "dxf", "png", "jpg", "jpeg", "gif", "webp"),
}
_RUNS = {
    *("exe", "com", "bat", "cmd", "scr", "pif", "msi", "js", "jse", "vbs", "vbe", "wsf", "hta", "lnk", "ps1", "jar"),
    *("html", "htm", "xhtml", "svg", "php", "phar", "phtml", "py", "sh", "dll", "cpl", "reg", "app", "apk", "iso"),
}


class UploadError(DomainError):
    """A file that may not hang on a text."""


def accepted(content: bytes, name: str, largest: int) -> tuple[bytes, str, str]:
    """Bytes, name and media type to keep. ``largest``: bytes. UploadError; ImageError for a picture that is none."""
    name = clean_name(name)
    extensions = [part.lower() for part in name.split(".")[1:]]
    if not content:
        raise UploadError("upload_empty", _("The file “${name}” is empty.", mapping={"name": name}))
    if len(content) > largest:
        raise UploadError("upload_large", _("The file “${name}” is too large.", mapping={"name": name}))
    if not extensions or extensions[-1] not in _PAPERS or _RUNS.intersection(extensions):
        text = _("Files like “${name}” are not taken. Put it into a ZIP, or send a PDF.", mapping={"name": name})
        raise UploadError("upload_kind", text)
    media_type = kind_of(content)
    if media_type in _PICTURES:
        content, media_type = clean_picture(content, WIDEST)
        stem = name.rpartition(".")[0] or "picture"
        return content, f"{stem}.{'jpg' if media_type == 'image/jpeg' else 'png'}", media_type
    return content, name, media_type or "application/octet-stream"
