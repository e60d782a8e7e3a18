"""Serving a site with waitress, with background work in the same process unless told otherwise."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from waitress.server import create_server

from cabinet.app import make_app
from cabinet.db import migrate
from cabinet.settings import Settings, load_settings
from cabinet.web.requests import MAX_BODY


def serve_site(config: Path, *, host: str, port: int, threads: int, processes: int, with_worker: bool) -> None:
    """Listen until stopped. With several processes one socket is shared; the first one also does the background work."""
    settings = load_settings(config)
    listener = _listen(host, port)
    children = [] if processes == 1 else _fork(processes - 1)
    first = children is not None
    app = make_app(settings)
    migrate.check(app.registry.cabinet_engine, app.registry.cabinet_modules)
    worker = _start_worker(app.registry) if with_worker and first else None
    server = create_server(
        app,
        sockets=[listener],
        threads=threads,
        ident=None,
        max_request_body_size=settings.files.max_size + MAX_BODY,
        max_request_header_size=2**16,
        **_proxy(settings),
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if first:
        print(f"Cabinet is on http://{host}:{port}", file=sys.stderr, flush=True)  # noqa: T201 - the command's own word
    try:
        server.run()
    finally:
        if worker is not None:
            worker.stop()
        for child in children or ():
            os.kill(child, signal.SIGTERM)


def run_worker(registry: Any, threads: int) -> None:
    """Background work only, until stopped."""
    from cabinet.jobs.worker import Worker

    worker = Worker(registry, threads=threads)
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    worker.start()
    stopped.wait()
    worker.stop()


def _start_worker(registry: Any) -> Any:
    from cabinet.jobs.worker import Worker

    worker = Worker(registry, threads=1)
    worker.start()
    return worker


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


def _fork(count: int) -> list[int] | None:
    """Children of the first process, or None in a child. Forked before anything is opened."""
    children = []
    for _number in range(count):
        child = os.fork()
        if child == 0:
            return None
        children.append(child)
    return children


def _proxy(settings: Settings) -> dict[str, Any]:
    if not settings.server.trusted_proxy:
        return {"clear_untrusted_proxy_headers": True}
    return {
        "trusted_proxy": settings.server.trusted_proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto x-forwarded-host x-forwarded-port",
        "clear_untrusted_proxy_headers": True,
    }
