"""Tables that people load."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class ITableReader(Interface):
    """Reads one kind of table that people load; a service of its own name for each kind: ``client_manager.clients``."""

    def read(content, name, options):
        """ImportReport of ``cabinet.tables``: what taking in ``content`` (bytes of CSV or XLSX called ``name``) would do. ``options``:
        what was chosen with it. Changes nothing. TableError where it is no table."""

    def take(content, name, options, progress):
        """Take it in, all rows or none; ImportReport. With errors in it nothing was changed. ``progress(done, total)`` is told."""


class IImportedTables(Interface):
    """Tables that people load: kept, checked by a job, and taken in once somebody has seen what that would do."""

    def keep(kind, content, name, options=None):
        """Store a table that the ITableReader called ``kind`` reads, to be checked; its public id."""

    def being_checked(public_id, job_id):
        """Remember which job checks a kept table."""

    def look(public_id):
        """ImportReport of what taking a kept table in would do; nothing is written. TableError where it is no table."""

    def checked(public_id, found):
        """Keep what the check found, an ImportReport or the TableError, once."""

    def kept(public_id):
        """A KeptTable: kind, options, name, size, state (checking, refused, checked or done), report, problem, job_id; NotFoundError."""

    def finish(public_id, progress=None):
        """Take a checked table in, once; returns ImportReport. The second time it answers what the first did. ConflictError where it
        was not looked through."""
