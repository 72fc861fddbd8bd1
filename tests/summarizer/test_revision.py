from pathlib import Path

import pytest

from summarizer import revision


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "roles.py").write_text("ROLES = 1")
    (tmp_path / "data" / "cues.toml").write_text("said = 1")
    monkeypatch.setattr(revision, "files", lambda _: tmp_path)
    return tmp_path


def rules() -> str:
    revision.rules_revision.cache_clear()
    try:
        return revision.rules_revision()
    finally:
        revision.rules_revision.cache_clear()


@pytest.mark.parametrize("path", ["roles.py", "data/cues.toml"])
def test_changed_code_and_changed_tables_are_another_revision(package: Path, path: str) -> None:
    before = rules()
    (package / path).write_text("other")
    assert rules() != before


def test_text_that_moves_from_file_to_file_is_another_revision(package: Path) -> None:
    before = rules()
    (package / "roles.py").rename(package / "titles.py")
    assert rules() != before


def test_what_python_leaves_behind_is_the_same_revision(package: Path) -> None:
    before = rules()
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "roles.cpython-312.pyc").write_bytes(b"\0")
    assert rules() == before
