"""The forum of a large site: 100,000 posts, 500 clients, a board of each besides those of all. On both engines.

    python tests/bench/bench_forum.py [--engine sqlite|postgresql] [--requests 200] [--posts 100000]

Pages are asked for within the process, whole, by readers in turns: clients of whom each has read something else, and one of us. Told are
the milliseconds by the clock below which 95 of 100 answers came, and those of the processor, which say more where others work on the
machine as well. Each reader has marks of topics besides those of boards.
"""

# ruff: noqa: SIM905 - words as they are read

from __future__ import annotations

import argparse
import datetime
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench_pages import EMAIL, PASSWORD, sign_in  # beside this file
from limits import told
from pyramid.request import Request
from sites import Processor, Servers
from sqlalchemy import insert, text

from cabinet.audience.values import Audience
from cabinet.db.session import unit_of_work
from cabinet.identity.models import Client, Membership, User
from cabinet.interfaces import IClientDirectory, IFullText, IPeople
from cabinet_forum.interfaces import POST, IBoards
from cabinet_forum.models import BoardMark, Post, Topic, TopicMark

ENGINES = ("sqlite", "postgresql")
CLIENTS, SHARED, READERS, PER_TOPIC, MOST_MS = 500, 10, 12, 20, 150
_WORDS = """
счёт акт договор оплата насос фильтр монтаж выезд бригада пропуск отопление вентиляция датчик заявка срок гарантия замена
проверка температура давление график смета поставка доставка склад инженер объект подъезд котёл труба клапан invoice filter
""".split()
_WORDS += [f"{word}{n}" for n in range(12) for word in _WORDS]  # so that one stands in a tenth of the posts
_BATCH = 5_000


@dataclass(frozen=True)
class Reader:
    """Somebody with his cookies and token; ``door``: the beginning of his paths."""

    cookies: str
    token: str
    door: str
    boards: Sequence[str]
    topics: Sequence[str]


def fill(registry: Any, posts: int, chance: random.Random) -> None:
    """Clients with a person each, boards, topics, posts, words, and what was read of them."""
    now = datetime.datetime.now(datetime.UTC)
    with unit_of_work(registry) as request:
        people = request.find_service(IPeople)
        people.add(email=EMAIL, name="Bench Head", roles=("head",), password=PASSWORD)
        one = people.add(email="r0@example.org", name="Reader Zero", roles=(), password=PASSWORD)
        password = one.password_hash
        clients = [
            request.find_service(IClientDirectory).create(name=f"Client {n}", external_id=f"B{n}").id
            for n in range(CLIENTS)
        ]
        ids = [one.id]
        for n in range(1, CLIENTS):
            user = User(email=f"r{n}@example.org", name=f"Reader {n}", password_hash=password, created_at=now)
            request.db.add(user)
            request.db.flush()
            ids.append(user.id)
        request.db.add_all(
            Membership(user_id=user_id, client_id=client_id, role="admin", created_at=now)
            for user_id, client_id in zip(ids, clients, strict=True)
        )
        boards = request.find_service(IBoards)
        shared = [boards.add(f"Board {n}", "", Audience("clients"), n).id for n in range(SHARED)]
        own = [
            boards.add(f"Of client {n}", "", Audience("chosen", frozenset({c})), 99).id for n, c in enumerate(clients)
        ]
    topics = [(shared[n % SHARED] if n % 4 else own[n % CLIENTS], n) for n in range(posts // PER_TOPIC)]
    writers = list(zip(ids, clients, strict=True))
    for start in range(0, len(topics), _BATCH // PER_TOPIC):
        with unit_of_work(registry) as request:
            _write(request, topics[start : start + _BATCH // PER_TOPIC], writers, chance, now)
    with unit_of_work(registry) as request:
        marks = [
            {"user_id": user_id, "board_id": board, "post_id": chance.randrange(posts)}
            for user_id in ids[:READERS]
            for board in shared
        ]
        request.db.execute(insert(BoardMark), marks)
        read = [
            {"user_id": user_id, "topic_id": 1 + n, "post_id": (n + 1) * PER_TOPIC}
            for user_id in ids[:READERS]
            for n in chance.sample(range(len(topics)), min(400, len(topics)))
        ]
        request.db.execute(insert(TopicMark), read)
        if registry.cabinet_engine.dialect.name == "postgresql":
            request.db.execute(text("ANALYZE"))


def _write(request: Any, topics: Sequence[Any], writers: Sequence[Any], chance: random.Random, now: Any) -> None:
    rows, posts, words = [], [], []
    for board_id, n in topics:
        first, last = n * PER_TOPIC + 1, (n + 1) * PER_TOPIC
        at = now - datetime.timedelta(minutes=len(topics) - n)
        title = " ".join(chance.choices(_WORDS, k=5))
        rows.append(
            {
                "id": n + 1,
                "public_id": uuid.uuid4(),
                "board_id": board_id,
                "title": title,
                "posts": PER_TOPIC,
                "first_post_id": first,
                "last_post_id": last,
                "last_at": at,
                "created_at": at,
                "pinned": n < SHARED,
                "locked": False,
                "reason": "",
            }
        )
        for post_id in range(first, last + 1):
            user_id, client_id = chance.choice(writers)
            said = " ".join(chance.choices(_WORDS, k=40)) + f" дело{post_id % 977}"
            posts.append(
                {
                    "id": post_id,
                    "public_id": uuid.uuid4(),
                    "topic_id": n + 1,
                    "user_id": user_id,
                    "client_id": client_id,
                    "text": said,
                    "created_at": at,
                    "reason": "",
                }
            )
            words.append((post_id, title if post_id == first else "", said))
    request.db.execute(insert(Topic), rows)
    request.db.execute(insert(Post), posts)
    request.find_service(IFullText).put_many(POST, words)


def readers(app: Any, registry: Any, url: str) -> list[Reader]:
    """People of clients, and one of us."""
    from cabinet.audience.values import of_client, of_staff
    from cabinet.db.scope import ALL

    found = []
    with unit_of_work(registry) as request:
        boards = request.find_service(IBoards)
        doors = [("/office", EMAIL, of_staff(ALL))]
        for n in range(READERS):
            client = request.db.query(Client).filter(Client.external_id == f"B{n}").one()
            doors.append((f"/my/{client.public_id.hex}", f"r{n}@example.org", of_client(client.id)))
        asked = []
        for door, email, reader in doors:
            mine = boards.visible(reader)[: SHARED + 1]
            topics = request.db.query(Topic).filter(Topic.board_id.in_([b.id for b in mine])).limit(300).all()
            asked.append((door, email, [b.public_id.hex for b in mine], [t.public_id.hex for t in topics]))
    for door, email, mine, topics in asked:
        cookies = sign_in(app, url, email)
        page = Request.blank(f"{door}/forum", base_url=url, headers={"Cookie": cookies}).get_response(app)
        token = page.text.partition('name="csrf-token" content="')[2].partition('"')[0]
        found.append(Reader(cookies, token, door, mine, topics))
    return found


def measure(servers: Servers, engine_name: str, requests: int, posts: int) -> None:
    """Measure one engine and print."""
    chance = random.Random(5)
    with servers.copy(servers.make(engine_name)) as context:
        from cabinet.app import make_app

        app = make_app(context.settings)
        registry, url = app.registry, context.settings.site.url
        started = time.monotonic()
        fill(registry, posts, chance)
        took = time.monotonic() - started
        print(f"{engine_name}: {posts} posts, {CLIENTS} clients, filled in {took:.0f} s; {requests} requests each")
        processor = Processor(registry.cabinet_engine)
        people = readers(app, registry, url)

        def ask(reader: Reader, path: str, fields: dict[str, str] | None = None) -> None:
            more = {"POST": {"csrf_token": reader.token, **fields}} if fields is not None else {}
            sent = Request.blank(f"{reader.door}{path}", base_url=url, headers={"Cookie": reader.cookies}, **more)
            answer = sent.get_response(app)
            if answer.status_int not in (200, 204, 303):
                raise SystemExit(f"{path} answers {answer.status}")

        rare, common = f"дело{chance.randrange(977)}", "счета"
        pages: dict[str, Callable[[Reader], None]] = {
            "boards": lambda r: ask(r, "/forum"),
            "topics of a board": lambda r: ask(r, f"/forum/board/{chance.choice(r.boards)}"),
            "a topic": lambda r: ask(r, f"/forum/topics/{chance.choice(r.topics)}"),
            "search, a rare word": lambda r: ask(r, f"/forum?q={quote(rare)}"),
            "search, a word of each tenth post": lambda r: ask(r, f"/forum?q={quote(common)}"),
            "mark a topic read": lambda r: ask(
                r, f"/forum/topics/{chance.choice(r.topics)}/read", {"post": str(chance.randrange(posts))}
            ),
            "mark all read": lambda r: ask(r, "/forum/read", {}),
        }
        for name, page in pages.items():
            clock, spent = [], []
            for n in range(requests + 10):
                began, used = time.perf_counter(), processor.seconds()
                page(people[n % len(people)])
                clock.append((time.perf_counter() - began) * 1000)
                spent.append((processor.seconds() - used) * 1000)
            p95, of_processor = (statistics.quantiles(each[10:], n=20)[-1] for each in (clock, spent))
            print(f"  {name}: p50 {statistics.median(clock[10:]):.0f} ms; of the processor p95 {of_processor:.0f} ms")
            print("    " + told("p95", p95, MOST_MS, " ms"), flush=True)
        registry.cabinet_engine.dispose()


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=ENGINES)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--posts", type=int, default=100_000)
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        servers = Servers(Path(name))
        try:
            for engine in (asked.engine,) if asked.engine else ENGINES:
                measure(servers, engine, asked.requests, asked.posts)
        finally:
            servers.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
