"""cabinet.toml and the environment: what is refused, and that a secret is never told."""

import pytest

from cabinet.settings import SettingsError, load_settings

SECRET = "k" * 20 + "0123456789abcdefghij"


def write(tmp_path, text: str):
    path = tmp_path / "cabinet.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_environment_lies_over_the_file(tmp_path) -> None:
    path = write(tmp_path, f'secret = "{SECRET}"\n[site]\nname = "A"\n')
    found = load_settings(path, {"CABINET_SITE__NAME": "B", "CABINET_MODULES__DISABLED": "one, two", "OTHER": "x"})
    assert found.site.name == "B"
    assert found.modules.disabled == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "name"), [("[site]\nnmae = 'x'\n", "site.nmae"), ("[sight]\nname = 'x'\n", "sight"), ("[odd]\n", "odd")]
)
def test_an_unknown_key_is_refused_by_name(tmp_path, text, name) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings(write(tmp_path, f'secret = "{SECRET}"\n{text}'), {})


@pytest.mark.parametrize("secret", ["", "brief", "change-me-please-change-me-please-now", "example" * 6])
def test_a_short_or_sample_secret_is_refused_and_not_repeated(tmp_path, secret) -> None:
    with pytest.raises(SettingsError) as error:
        load_settings(write(tmp_path, f'secret = "{secret}"\n'), {})
    assert not secret or secret not in str(error.value)


def test_a_secret_is_not_in_the_repr(tmp_path) -> None:
    assert SECRET not in repr(load_settings(write(tmp_path, f'secret = "{SECRET}"\n'), {}))


def test_a_missing_file_says_what_to_do(tmp_path) -> None:
    with pytest.raises(SettingsError, match="cabinet init"):
        load_settings(tmp_path / "cabinet.toml", {})


def test_broken_toml_is_told_as_that(tmp_path) -> None:
    with pytest.raises(SettingsError, match="not valid TOML"):
        load_settings(write(tmp_path, "secret = ["), {})


def test_a_relative_sqlite_path_lies_beside_the_file(tmp_path) -> None:
    found = load_settings(write(tmp_path, f'secret = "{SECRET}"\n'), {})
    assert found.database_url == f"sqlite:///{tmp_path}/data/cabinet.sqlite3"
