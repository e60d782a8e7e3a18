"""Printed forms. Pure: a frozen document goes in, a PDF comes out; no database, no request."""
