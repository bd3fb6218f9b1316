"""Settings: what wins over what, clear refusals, and one key for everyone who asks."""

from __future__ import annotations

import pickle
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from landed.config import Settings, key_path, organisation_key, prepare_directory
from landed.errors import ConfigurationError

KEY = "00112233445566778899aabbccddeeff"

EVERYTHING = """
workspace = "data"
no_ai_before = 2023-01-01
rework_window_days = 30
refs = ["refs/pull/*/head"]

[ledger]
exclude = ["*.snap"]
include = ["vendor/ours/**"]

[store]
memory_limit = "1GB"

[[signals]]
where = "trailer"
match = "Made-by: robo"
agent = "robo"

[[people]]
emails = ["ana@example.org", "ana@home.example"]
uses_ai = false
"""


@pytest.fixture(autouse=True)
def empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_any_configuration_there_are_defaults(home: Path) -> None:
    settings = Settings.load()

    assert settings.workspace == home / ".local" / "share" / "landed"
    assert settings.no_ai_before == date(2021, 6, 29)
    assert settings.rework_window_days == 21


def test_everything_can_stand_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "all.toml").write_text(EVERYTHING)

    settings = Settings.load(config=tmp_path / "all.toml")

    assert settings.workspace == tmp_path / "data"
    assert settings.no_ai_before == date(2023, 1, 1)
    assert settings.ledger.exclude == ("*.snap",)
    assert settings.ledger.include == ("vendor/ours/**",)
    assert settings.signals[0].agent == "robo"
    assert settings.people[0].emails == ("ana@example.org", "ana@home.example")
    assert not settings.people[0].uses_ai
    assert settings.store.memory_limit == "1GB"


def test_the_command_line_wins_over_the_environment_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.toml").write_text(
        'workspace = "file"\nrework_window_days = 7\nno_ai_before = 2022-02-02\n'
    )
    monkeypatch.setenv("LANDED_CONFIG", str(tmp_path / "a.toml"))
    monkeypatch.setenv("LANDED_WORKSPACE", str(tmp_path / "environment"))
    monkeypatch.setenv("LANDED_REWORK_WINDOW_DAYS", "14")

    settings = Settings.load(workspace=tmp_path / "line")

    assert settings.workspace == tmp_path / "line"
    assert settings.rework_window_days == 14
    assert settings.no_ai_before == date(2022, 2, 2)


def test_nested_settings_come_from_the_environment_beside_those_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "landed.toml").write_text('[ledger]\ninclude = ["kept"]\n')
    monkeypatch.setenv("LANDED_LEDGER__EXCLUDE", '["*.min.js"]')

    ledger = Settings.load().ledger

    assert ledger.exclude == ("*.min.js",)
    assert ledger.include == ("kept",)


def test_the_file_is_looked_for_in_order(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(path: Path, days: int) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"rework_window_days = {days}\n")
        return path

    write(home / ".config" / "landed" / "landed.toml", 1)
    assert Settings.load().rework_window_days == 1
    write(tmp_path / "landed.toml", 2)
    assert Settings.load().rework_window_days == 2
    monkeypatch.setenv("LANDED_CONFIG", str(write(tmp_path / "named" / "a.toml", 3)))
    assert Settings.load().rework_window_days == 3
    assert Settings.load(config=write(tmp_path / "b.toml", 4)).rework_window_days == 4


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("rework_days = 3", "unknown setting rework_days in landed.toml"),
        ("[ledger]\nexlude = []", "unknown setting ledger.exlude in landed.toml"),
        (
            "rework_window_days = 0",
            "setting rework_window_days in landed.toml.*greater than or equal to 1",
        ),
        ('no_ai_before = "soon"', "setting no_ai_before in landed.toml"),
        ('[[signals]]\nwhere = "trailer"\nmatch = "X"', "a signal for ai needs an agent name"),
        ("rework_window_days = ", "landed.toml is not valid TOML"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "landed.toml").write_text(content)

    with pytest.raises(ConfigurationError, match=complaint) as caught:
        Settings.load()

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "setting",
    [
        'workspace = "/srv"',
        f'key = "{KEY}"',
        '[[connections]]\nforge = "github"\nurl = "https://theirs"\ntoken = "environment:OURS"',
    ],
)
def test_a_strangers_file_in_the_current_directory_chooses_no_place_no_key_and_no_forge(
    tmp_path: Path, setting: str
) -> None:
    (tmp_path / "landed.toml").write_text(setting)

    with pytest.raises(ConfigurationError, match="in the current directory may not set"):
        Settings.load()
    assert Settings.load(config=tmp_path / "landed.toml").rework_window_days == 21


def test_settings_can_be_handed_to_another_process(tmp_path: Path) -> None:
    (tmp_path / "all.toml").write_text(EVERYTHING)
    settings = Settings.load(config=tmp_path / "all.toml")

    assert pickle.loads(pickle.dumps(settings)) == settings


def test_a_wrong_key_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDED_KEY", "5ec2e7")

    with pytest.raises(ConfigurationError, match="a key is 32 hexadecimal digits") as caught:
        Settings.load()

    assert "5ec2e7" not in str(caught.value)


def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDED_WORKSPASE", "/tmp")

    with pytest.raises(ConfigurationError, match="unknown setting LANDED_WORKSPASE"):
        Settings.load()


def test_a_list_in_the_environment_must_be_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDED_REFS", "refs/x, refs/y")

    with pytest.raises(ConfigurationError, match="lists and tables are JSON"):
        Settings.load()


def test_a_users_own_file_that_may_not_be_looked_at_is_an_error_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    too_long = tmp_path / ("x" * 300)  # cannot be looked at either, whoever asks
    monkeypatch.setattr("landed.config.platformdirs.user_config_path", lambda _: too_long)

    with pytest.raises(ConfigurationError, match=r"cannot read .*landed\.toml: File name too long"):
        Settings.load()


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot read .*none\.toml: No such file"):
        Settings.load(config=tmp_path / "none.toml")


def test_the_key_is_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    first = organisation_key(Settings.load())
    second = organisation_key(Settings.load(workspace=tmp_path / "elsewhere"))

    assert first == second
    assert len(first) == 16
    assert key_path().stat().st_mode & 0o777 == 0o600
    assert [path.name for path in key_path().parent.iterdir()] == ["key"]


def test_the_key_of_the_organisation_may_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDED_KEY", KEY)
    settings = Settings.load()

    assert organisation_key(settings) == bytes.fromhex(KEY)
    assert not key_path().exists()
    assert KEY not in repr(settings)


def test_processes_that_come_at_the_same_time_agree_on_the_key() -> None:
    ask = (
        "import sys; from landed.config import Settings, organisation_key\n"
        "settings = Settings.load(); print('ready', flush=True); sys.stdin.readline()\n"
        "print(organisation_key(settings).hex())"
    )
    askers = [
        subprocess.Popen(
            [sys.executable, "-c", ask], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for asker in askers:
        assert asker.stdout is not None
        assert asker.stdout.readline() == "ready\n"
    for asker in askers:
        assert asker.stdin is not None
        asker.stdin.write("go\n")
        asker.stdin.flush()
    answers = {asker.communicate()[0] for asker in askers}

    assert len(answers) == 1


def test_a_damaged_key_file_is_not_replaced() -> None:
    key_path().parent.mkdir(parents=True)
    key_path().write_text("half a ke")

    with pytest.raises(ConfigurationError, match=r"key file .* is damaged"):
        organisation_key(Settings.load())

    assert key_path().read_text() == "half a ke"


def test_a_workspace_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="choose another with --workspace DIR"):
        prepare_directory(tmp_path / "file" / "workspace")
