"""Article to Digest: one spaCy pass that all stages share."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from summarizer.attribution import find_attributions
from summarizer.boilerplate import Layout, read_layout
from summarizer.errors import EmptyText, TextTooLong, UnsupportedMethod
from summarizer.explaining import Explanation, explain_speakers
from summarizer.gazetteer import Gazetteer
from summarizer.language import default_model, load_model, method_label
from summarizer.models import METHODS, Article, Digest, Span
from summarizer.parsing import cut_to_limit, parse, to_parseable
from summarizer.resolution import resolve_toponyms
from summarizer.round_ups import find_items
from summarizer.salience import RatedSentence, explain_key_points, rank_key_points
from summarizer.sentence_grammar import SentenceGrammar, read_grammar
from summarizer.sentences import split_sentences
from summarizer.speakers import identify_speakers
from summarizer.toponyms import recognize_toponyms

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

DEFAULT_METHOD = "nutgraf"
DEFAULT_KEY_POINTS = 7
"""At most so many; shorter articles get fewer."""
MAX_CHARS = 5_000_000
"""Longer texts are refused."""


@dataclass(frozen=True, slots=True)
class Summarizer:
    """A loaded model and an open place list; `summarize` may be called any number of times."""

    nlp: "Language"
    gazetteer: Gazetteer
    method_name: str
    method: str = DEFAULT_METHOD
    key_points: int = DEFAULT_KEY_POINTS

    def summarize(self, article: Article) -> Digest:
        """The digest of `article`; raises InputError for a text that cannot be digested."""
        with self.nlp.memory_zone():
            read = self._read(article)
            doc, layout = read.doc, read.layout
            key_points = rank_key_points(
                article.text,
                read.sentences,
                title=article.title or layout.title,
                method=self.method,
                count=self.key_points,
                grammar=read.grammar,
                items=find_items(doc.text, layout),
            )
            attributions = find_attributions(doc, layout)
            speakers = identify_speakers(article.text, doc, layout, attributions)
            toponyms = recognize_toponyms(article.text, doc, layout, self.gazetteer)
        known = replace(
            article,
            title=article.title or layout.title,
            authors=article.authors or layout.authors,
            source=article.source or layout.source,
            published=article.published or layout.published,
        )
        return Digest(
            article=known,
            method=self.method_name,
            key_points=key_points,
            speakers=speakers,
            locations=resolve_toponyms(known, layout, toponyms, self.gazetteer),
            boilerplate=layout.boilerplate,
        )

    def explain(self, article: Article) -> Explanation:
        """Why the digest of `article` is as it is; raises InputError like `summarize`.

        Only the method "nutgraf" scores sentences by features that can be told.
        """
        with self.nlp.memory_zone():
            read = self._read(article)
            sentences: tuple[RatedSentence, ...] = ()
            if self.method == DEFAULT_METHOD:
                sentences = explain_key_points(
                    article.text,
                    read.sentences,
                    title=article.title or read.layout.title,
                    count=self.key_points,
                    grammar=read.grammar,
                    items=find_items(read.doc.text, read.layout),
                )
            attributions = find_attributions(read.doc, read.layout)
            speakers = identify_speakers(article.text, read.doc, read.layout, attributions)
            return Explanation(sentences, explain_speakers(article.text, speakers, attributions))

    def _read(self, article: Article) -> "_ReadArticle":
        """The parse, the lines and the sentences; to be called within a memory zone."""
        if len(article.text) > MAX_CHARS:
            raise TextTooLong(len(article.text), MAX_CHARS)
        text = cut_to_limit(self.nlp, to_parseable(article.text))
        if not any(character.isalnum() for character in text):
            raise EmptyText
        layout = read_layout(text, title=article.title)
        doc = parse(self.nlp, text)
        sentences = split_sentences(doc, layout.paragraphs)
        return _ReadArticle(doc, layout, sentences, read_grammar(doc, sentences))


@dataclass(frozen=True, slots=True)
class _ReadArticle:
    """What all stages stand on; holds spaCy objects, so it must not outlive its memory zone."""

    doc: "Doc"
    layout: Layout
    sentences: tuple[Span, ...]
    grammar: tuple[SentenceGrammar, ...]


def load_summarizer(
    gazetteer: Path,
    *,
    model: str = "",
    method: str = DEFAULT_METHOD,
    key_points: int = DEFAULT_KEY_POINTS,
) -> Summarizer:
    """Load the model (the best installed one by default) and open the place list.

    Raises ModelMissing, GazetteerMissing or UnsupportedMethod.
    """
    if method not in METHODS:
        raise UnsupportedMethod(method, METHODS)
    return Summarizer(
        nlp=load_model(model or default_model()),
        gazetteer=Gazetteer(gazetteer),
        method_name=method_label(method, model),
        method=method,
        key_points=key_points,
    )
