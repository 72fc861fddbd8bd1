from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from summarizer.parsing import MAX_TOKENS, cut_to_limit, parse, split_parts, to_parseable
from support.strategies import any_text


@given(any_text)
def test_parseable_copy_keeps_every_offset(text: str) -> None:
    copy = to_parseable(text)
    assert len(copy) == len(text)
    copy.encode("utf-8")
    for original, replaced in zip(text, copy, strict=True):
        assert original == replaced or replaced in " \n"


def test_endless_words_and_rows_of_symbols_are_broken() -> None:
    copy = to_parseable("a" * 5_000 + "🙂" * 5_000 + "http" + ":/" * 3)
    assert max(map(len, copy.split())) <= 255
    assert "🙂" not in copy


@given(st.text(st.sampled_from("a. \n?”"), max_size=400), st.integers(1, 40))
def test_parts_make_up_the_text(text: str, length: int) -> None:
    parts = list(split_parts(text, length))
    assert "".join(parts) == text
    assert all(len(part) <= length for part in parts)


def test_parts_end_with_lines_before_sentences_before_words() -> None:
    assert next(split_parts("One two. Three\nfour. Five six", 26)) == "One two. Three\n"
    assert next(split_parts("One two. Three four. Five six", 26)) == "One two. Three four. "
    assert next(split_parts("one two three four five six", 26)) == "one two three four five "
    assert next(split_parts("o" * 30, 26)) == "o" * 26


def test_text_in_parts_is_one_parse(nlp: Language) -> None:
    text = "The mayor of Ashford, Edith Calloway, opened the bridge.\n" * 500
    doc = parse(nlp, text)
    assert doc.text == text
    assert all(text[token.idx : token.idx + len(token)] == token.text for token in doc)
    assert sum(1 for sent in doc.sents) == 500
    assert sum(ent.text == "Ashford" for ent in doc.ents) == 500


def test_text_of_very_many_tokens_is_cut(nlp: Language) -> None:
    text = "a b " * 40_000
    cut = cut_to_limit(nlp, text)
    assert text.startswith(cut)
    assert len(nlp.make_doc(cut)) == MAX_TOKENS


def test_digest_begins_at_the_first_words_however_late(nlp: Language) -> None:
    text = to_parseable("🌊 \n" * 100_000 + "“The river rose,” said Ilie.")
    cut = cut_to_limit(nlp, text)
    assert cut.endswith("“The river rose,” said Ilie.")
    assert len(cut) == len(text)
    assert len(cut.split()) < 100
