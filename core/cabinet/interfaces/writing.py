"""What people write: drafts, and the files that hang on texts."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IDrafts(Interface):
    """What somebody has typed and not sent yet, by who it is, of what ``kind`` (``<module>.<noun>``) and at which ``place``, a word of
    the module's: the id of what is changed, or of what is answered. Nobody but the writer ever sees it."""

    def find(user_id, kind, place):
        """The Draft, or None."""

    def keep(user_id, kind, place, text):
        """Keep ``text``; None: leave it as it is. Returns the Draft."""

    def discard(user_id, kind, place):
        """Forget it, and the files on it."""

    def settle(user_id, kind, place, subject_id):
        """The text was sent and is the subject with that id: files of the draft hang there from now on, the draft is gone."""

    def prune():
        """Forget what nobody went on with for three months; how many. Run by the core every night."""


class IAttachments(Interface):
    """Files that hang on texts: on a subject (``kind``, internal id) or, while it is written, on its draft. Who may read the text may have
    them: whoever asks has loaded the subject by its own rights."""

    def add(content, name, kind, *, draft=None, subject_id=None):
        """Hang bytes on a draft or a subject; returns the Attachment. Pictures are written anew. UploadError, ImageError."""

    def of(kind, subject_ids):
        """Subject id → its Attachment rows, for those that have any: one statement."""

    def being_written(kind, subject_id, draft):
        """Attachment rows of a text that is being written: of the subject (id or None) and of the Draft (or None)."""

    def find(kind, subject_id, public_id):
        """The Attachment of this subject, or None."""

    def find_own(user_id, public_id):
        """The Attachment on a draft of this person, or None."""

    def remove(attachments):
        """Take these off for good."""

    def forget(kind, subject_ids):
        """Take off all that hangs on subjects that are being deleted."""
