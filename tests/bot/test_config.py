from datetime import time
from pathlib import Path

import pytest

from bot.backups import BackupPlan, backup_plan
from bot.config import (
    ConfigError,
    api_root,
    load_config,
    read_token,
    storage_url,
    user_file,
)
from storage.models import QuietHours


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def test_defaults_need_no_file() -> None:
    config = load_config()
    assert config.digest.key_points == 7
    assert storage_url(config) == f"sqlite:///{user_file('nutgraf.db')}"


def test_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "[digest]\nkey_points = 7\nmax_places = 3\n")
    monkeypatch.setenv("NUTGRAF_DIGEST__KEY_POINTS", "4")
    config = load_config(path)
    assert (config.digest.key_points, config.digest.max_places) == (4, 3)


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ("[digest]\nkey_point = 3\n", "digest.key_point", "digest.key_points"),
        ("[digets]\nkey_points = 3\n", "digets", "digest"),
        ("[storage]\nuri = 'x'\n", "storage.uri", "storage.url"),
    ],
)
def test_unknown_key_is_refused_with_the_nearest_name(
    tmp_path: Path, text: str, key: str, nearest: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, text))
    assert caught.value.key == key
    assert f"did you mean {nearest}?" in caught.value.why


def test_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUTGRAF_DIGEST__KEYPOINTS", "4")
    with pytest.raises(ConfigError, match=r"did you mean digest\.key_points\?"):
        load_config()


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("22:00-07:00", QuietHours(time(22), time(7))),
        ("23:30 - 6:00", None),
        ("00:30-06:00", QuietHours(time(0, 30), time(6))),
        ("", QuietHours(time(0), time(0))),
        ("22-7", None),
        ("at night", None),
    ],
)
def test_quiet_hours_are_two_times(tmp_path: Path, typed: str, hours: QuietHours | None) -> None:
    path = write(tmp_path, f'[delivery]\nquiet_hours = "{typed}"\n')
    if hours is not None:
        assert load_config(path).delivery.quiet_hours == hours
        return
    with pytest.raises(ConfigError, match="must be two clock times"):
        load_config(path)


def test_variable_without_two_underscores_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUTGRAF_VENV", "elsewhere")
    load_config()


@pytest.mark.parametrize(
    "text",
    ["[digest]\nkey_points = 0\n", "[digest]\nmethod = 'magic'\n", "[digest]\nworkers = 'two'\n"],
)
def test_wrong_value_names_its_key(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, text))
    assert caught.value.key == "digest." + text.split("\n")[1].split(" ")[0]


@pytest.mark.parametrize("content", [b"\xff", b"[digest", b"a = "])
def test_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError):
        load_config(path)


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    path = write(
        tmp_path, "[storage]\nurl = 'sqlite:///data/n.db'\n[digest]\ngazetteer = 'g.sqlite'\n"
    )
    config = load_config(path)
    assert config.storage.url == f"sqlite:///{tmp_path.resolve()}/data/n.db"
    assert config.digest.gazetteer == tmp_path / "g.sqlite"


def test_copies_go_beside_the_database_or_where_the_file_says(tmp_path: Path) -> None:
    url = "url = 'sqlite:////var/lib/n.db'\n"
    beside = backup_plan(load_config(write(tmp_path, f"[storage]\n{url}")))
    assert beside == BackupPlan(Path("/var/lib/backups"), daily_at=time(3, 30), keep=7)
    said = f"[storage]\n{url}backup_dir = 'b'\nbackup_daily_at = ''\nbackup_keep = 2\n"
    plan = backup_plan(load_config(write(tmp_path, said)))
    assert plan == BackupPlan(tmp_path / "b", daily_at=None, keep=2)


@pytest.mark.parametrize("value", ["24:00", "3:30", "noon", "03:30:00"])
def test_time_that_is_none_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError, match=r"storage\.backup_daily_at"):
        load_config(write(tmp_path, f"[storage]\nbackup_daily_at = '{value}'\n"))


def test_absolute_url_stays(tmp_path: Path) -> None:
    path = write(tmp_path, "[storage]\nurl = 'sqlite:////var/lib/n.db'\n")
    assert load_config(path).storage.url == "sqlite:////var/lib/n.db"


def test_example_file_holds_every_key_with_its_default() -> None:
    example = Path(__file__).parents[2] / "config.example.toml"
    assert load_config(example).model_dump() == load_config().model_dump()


@pytest.mark.parametrize("form", ["", "/", "/bot", "/bot/"])
def test_root_of_the_server_has_several_forms(tmp_path: Path, form: str) -> None:
    path = write(tmp_path, f"[telegram]\nbase_url = 'http://127.0.0.1:8081{form}'\n")
    assert api_root(load_config(path)) == "http://127.0.0.1:8081"


@pytest.mark.parametrize("address", ["api.telegram.org", "ftp://x", "http://", "http://x?y=1"])
def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigError, match=r"telegram\.base_url"):
        load_config(write(tmp_path, f"[telegram]\nbase_url = '{address}'\n"))


def test_webhook_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"use polling: set mode = \"polling\""):
        load_config(write(tmp_path, "[telegram]\nmode = 'webhook'\n"))


@pytest.mark.parametrize("code", ["s" * 65, "spring 2031 tides!", "'" * 16])
def test_code_that_no_link_can_carry_is_refused(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setenv("NUTGRAF_ACCESS__INVITE_CODES", f"kV3x-_92bPqL0aZt,{code}")
    with pytest.raises(ConfigError, match=r"access\.invite_codes: .* the 2\. code") as caught:
        load_config()
    assert code not in str(caught.value)


def test_codes_that_a_link_can_carry_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUTGRAF_ACCESS__INVITE_CODES", "kV3x-_92bPqL0aZt,spring-2031")
    assert load_config().access.invite_codes == ("kV3x-_92bPqL0aZt", "spring-2031")


def test_token_is_read_from_its_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("1:abc\n", "utf-8")
    assert read_token(load_config(write(tmp_path, "[telegram]\ntoken_file = 'token'\n"))) == "1:abc"


@pytest.mark.parametrize("text", ["", "[telegram]\ntoken_file = 'nowhere'\n"])
def test_missing_token_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"telegram\.token"):
        read_token(load_config(write(tmp_path, text)))


def test_token_is_in_no_error(tmp_path: Path) -> None:
    path = write(tmp_path, "[telegram]\ntoken = ['1:secret']\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("value", ["5", "5,6", "[5, 6]", " 5 , 6 "])
def test_lists_stand_in_the_environment_with_commas_or_as_json(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("NUTGRAF_TELEGRAM__OWNERS", value)
    assert load_config().telegram.owners in {(5,), (5, 6)}


@pytest.mark.parametrize("value", ["five", "[5", '{"a": 1}', "5,x"])
def test_lists_of_something_else_are_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NUTGRAF_TELEGRAM__OWNERS", value)
    with pytest.raises(ConfigError, match=r"telegram\.owners"):
        load_config()
