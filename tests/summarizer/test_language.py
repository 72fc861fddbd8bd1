from pathlib import Path

import pytest
from spacy.language import Language

from summarizer.errors import ModelMissing
from summarizer.language import default_model, find_model, load_model, method_label


def test_default_model_is_installed_and_named_in_the_method() -> None:
    assert (find_model(default_model()) / "meta.json").is_file()
    assert method_label("lead", "").startswith("lead/en_core_web_")


def test_model_may_be_given_by_its_folder() -> None:
    folder = find_model(default_model())
    assert find_model(str(folder)) == folder
    assert method_label("lead", str(folder)) == method_label("lead", "")


@pytest.mark.parametrize("name", ["no_such_model", "json", "a.b.c", "..", "/tmp"])
def test_what_is_no_model_is_reported(name: str) -> None:
    with pytest.raises(ModelMissing):
        load_model(name)


def test_package_without_model_folder_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty_model").mkdir()
    (tmp_path / "empty_model" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelMissing):
        find_model("empty_model")


def test_sentences_start_with_each_line(nlp: Language) -> None:
    doc = nlp("A short line\nAnother line without end\n\nAnd a third one. It has two sentences.")
    starts = [sent.text.strip().split()[0] for sent in doc.sents if sent.text.strip()]
    assert starts == ["A", "Another", "And", "It"]
