"""The grammar of sentences is read in one pass over the parse."""

from spacy.language import Language

from summarizer.sentence_grammar import SentenceGrammar, read_grammar
from summarizer.sentences import find_lines, split_sentences


def grammar_of(nlp: Language, text: str) -> tuple[SentenceGrammar, ...]:
    doc = nlp(text)
    return read_grammar(doc, split_sentences(doc, find_lines(text)))


def test_sentence_without_a_finite_verb_is_verbless(nlp: Language) -> None:
    text = "The mill burned down.\nFirefighters in front of the mill.\nIt can be rebuilt."
    assert [g.verbless for g in grammar_of(nlp, text)] == [False, True, False]


def test_pronoun_as_subject_of_the_main_clause_is_seen(nlp: Language) -> None:
    text = "She left the town.\nThe mayor said she left the town."
    assert [g.pronoun_subject for g in grammar_of(nlp, text)] == [True, False]


def test_names_stand_with_the_sentence_that_holds_them(nlp: Language) -> None:
    text = "John Calloway lives in Germany.\nNobody came.\nCalloway’s brother left for Germany."
    first, none, last = grammar_of(nlp, text)
    assert set(first.names) >= {"calloway", "germany"}
    assert none.names == ()
    assert "germany" in last.names


def test_adverbs_are_counted_as_a_share_of_words(nlp: Language) -> None:
    with_adverb, without = grammar_of(nlp, "The dam broke suddenly.\nThe dam broke.")
    assert 0 < with_adverb.adverbs < 1
    assert without.adverbs == 0
