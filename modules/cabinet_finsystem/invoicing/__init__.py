"""Invoices: drafted, numbered and frozen when issued, printed once, voided but never edited."""
