"""Passwords that are guessed first are refused, whatever is put around them; phrases of people's own are not."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

import pytest

from cabinet.errors import DomainError
from cabinet.identity import guessable
from cabinet.identity.guessable import common_words, is_guessable
from cabinet.identity.passwords import MIN_LENGTH, WeakPasswordError, check_new_password

ENDINGS = ("", "1", "12", "123", "1234", "2024", "2025!", "!", "1!", "007", "777", "_1990")
FIRST_GUESSES = """
password password1 Password123! P@ssw0rd passw0rd123 qwerty123 qwertyuiop 1q2w3e4r 1qaz2wsx q1w2e3r4 zaq12wsx 11111111 12345678
123456789 1234567890 87654321 0987654321 iloveyou sunshine1 football welcome1 admin123 letmein1 dragon12 monkey123 gfhjkm123 ghbdtn12
йцукенгш пароль123 любовь2024 Cabinet2026! abc12345 abcd1234 asdfghjkl zxcvbnm1 qwerty12345 01012000 89161234567 aaaaaaaa abababab
trustno1 princess1 marina1987 samsung1 ytrewq123 Moskva2025 Ivanov1990 qazwsxedc spartak1922 qweasdzxc passwordpassword Winter2025!
Summer2024 adminadmin abcabcabc 99999999 1111111111 starwars1 superman7 batman2000 pokemon99 h3ll0w0rld master123 computer1 internet1
""".split()  # noqa: SIM905 - as a list of them looks
OWN_PHRASES = (
    "a phrase long enough to keep",
    "correct horse battery staple",
    "Kf9#mLp2vQ",
    "новая фраза для входа",
    "Xr7!pugdale",
    "vk72hhal20",
    "snowdrop-anvil-41",
    "длинная-фраза-77",
)


def most_common() -> list[str]:
    """Words in the shapes that lists of leaked passwords are made of."""
    shaped = (shape(word) + end for word in sorted(common_words()) for end in ENDINGS for shape in (str, str.title))
    return sorted({one for one in shaped if len(one) >= MIN_LENGTH})


def test_the_most_common_passwords_are_refused() -> None:
    guesses = [*most_common()[::7], *FIRST_GUESSES]
    assert len(guesses) >= 3_000
    assert [one for one in guesses if not is_guessable(one)] == []


def test_without_the_words_most_of_them_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessable, "common_words", frozenset)
    guesses = most_common()[::97]
    assert sum(is_guessable(one) for one in guesses) < len(guesses) / 3


@pytest.mark.parametrize("phrase", OWN_PHRASES)
def test_a_phrase_of_ones_own_is_taken(phrase: str) -> None:
    check_new_password(phrase, "maria@x.ru", "Мария Петрова", "Северный ветер")


@pytest.mark.parametrize(
    "password", ["maria.petrova1", "Petrova-1990", "Северный2026", "северный ветер!", "ветерветер1", "northwind@x.ru"]
)
def test_a_password_made_of_the_persons_or_the_firms_name_is_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError):
        check_new_password(password, "maria.petrova@x.ru", "Мария Петрова", "Северный ветер", "northwind@x.ru")
    check_new_password("Xr7!pugdale", "maria.petrova@x.ru", "Мария Петрова", "Северный ветер")


def test_a_long_password_costs_no_long_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessable, "_walks", lambda _text: pytest.fail("looked at letter by letter"))
    assert not is_guessable("a phrase long enough to keep, and longer still" * 20)


@pytest.mark.usefixtures("strong_passwords")
def test_a_password_is_kept_whole_whatever_stands_in_it(person, unit_of_work) -> None:
    from cabinet.identity.passwords import verify_password
    from cabinet.interfaces import IPeople

    user = person("m@x.ru", "manager")
    for one in (
        " blanks around them ",
        "🐝 bees fly over 🌻",
        "ж" * 3 + "w7" * 30 + "!",
        "".join(map(chr, range(33, 161))),
    ):
        with unit_of_work() as request:
            people = request.find_service(IPeople)
            people.set_password(people.get(user.id), one)
            encoded = people.get(user.id).password_hash
        assert encoded.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert verify_password(encoded, one)
        assert not verify_password(encoded, one[:-1])
        assert not verify_password(encoded, one.strip()) or one == one.strip()


def test_no_more_passwords_are_checked_at_once_than_the_machine_bears(monkeypatch: pytest.MonkeyPatch) -> None:
    from cabinet.identity import passwords

    taken = list(itertools.takewhile(lambda _n: passwords._queue.acquire(blocking=False), range(100)))
    try:
        assert len(taken) == 22
        with pytest.raises(DomainError) as refused:
            passwords.verify_password(None, "whatever it is")
        assert refused.value.code == "busy"
    finally:
        for _one in taken:
            passwords._queue.release()
    assert not passwords.verify_password(None, "whatever it is")


def crowd(monkeypatch: pytest.MonkeyPatch, *, until: Callable[[int, int], bool]) -> tuple[int, int]:
    """(how many passwords are checked at once, how many are refused) when thirty come and nobody is done before ``until`` says so."""
    from cabinet.identity import passwords

    enough, at_work, refused = threading.Event(), [], []

    class Slow:
        def verify(self, _encoded: str, _password: str) -> bool:
            at_work.append(1)
            assert enough.wait(60)
            return False

    def come() -> None:
        try:
            passwords.verify_password(None, "whatever it is")
        except DomainError:
            refused.append(1)

    monkeypatch.setattr(passwords, "_hasher", Slow())
    threads = [threading.Thread(target=come) for _n in range(30)]
    for thread in threads:
        thread.start()
    try:
        for _look in range(6_000):
            if until(len(at_work), len(refused)):
                break
            enough.wait(0.01)
        return len(at_work), len(refused)
    finally:
        enough.set()
        for thread in threads:
            thread.join()


def test_of_thirty_who_sign_in_at_once_two_are_checked_and_eight_told_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from cabinet.identity import passwords

    assert crowd(monkeypatch, until=lambda at_work, refused: (at_work, refused) == (2, 8)) == (2, 8)
    monkeypatch.setattr(passwords, "_slots", threading.BoundedSemaphore(100))
    monkeypatch.setattr(passwords, "_queue", threading.BoundedSemaphore(100))
    assert crowd(monkeypatch, until=lambda at_work, _refused: at_work == 30) == (30, 0), "the control"
