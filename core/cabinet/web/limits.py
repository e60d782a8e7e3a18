"""Counting what somebody tries: before the request's first write, in a transaction of its own."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPTooManyRequests

from cabinet.interfaces import IRateLimiter


def limit(request: Any, bucket: str, key: str, **measure: int) -> None:
    """Count a try of ``key``; HTTPTooManyRequests where it is one too many. ``measure``: ``limit`` tries in ``per_seconds``."""
    wait = request.find_service(IRateLimiter).hit(bucket, key, **measure)
    if wait:
        raise HTTPTooManyRequests(headers={"Retry-After": str(wait)})
