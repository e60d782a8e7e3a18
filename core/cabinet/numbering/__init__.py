"""Gapless numbers of documents."""
