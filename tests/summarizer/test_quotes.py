import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.models import Span
from summarizer.quotes import Quotation, find_quotations
from summarizer.sentences import find_lines


def read(text: str) -> tuple[Quotation, ...]:
    return find_quotations(text, find_lines(text))


def quoted(text: str) -> list[str]:
    return [quotation.span.text_of(text) for quotation in read(text)]


@pytest.mark.parametrize(
    "quotation",
    [
        "“The mill is closed,”",
        '"The mill is closed,"',
        "«The mill is closed»",
        "»The mill is closed«",
        "„The mill is closed“",
        "„The mill is closed”",
        "‹The mill is closed›",
        "‘The mill is closed,’",
        "'The mill is closed,'",
        "''The mill is closed,''",
        "“The mill is closed,“",
        "”The mill is closed,”",
    ],
)
def test_marks_of_every_kind_are_paired(quotation: str) -> None:
    assert quoted(f"{quotation} he said.") == [quotation]


def test_inner_span_is_without_marks() -> None:
    text = "He said “no” twice."
    (quotation,) = read(text)
    assert quotation.inner.text_of(text) == "no"


@pytest.mark.parametrize(
    "text",
    [
        "The miller's wife didn't mind the boys' noise.",
        "The miller’s wife didn’t mind the boys’ noise.",
        "It was built in the '60s and 'tis still standing, isn't it?",
        "A beam of 6'2\" was found.",
        'It stood there. " ',
        "‘",
        "“”",
    ],
)
def test_apostrophes_and_stray_marks_open_nothing(text: str) -> None:
    assert quoted(text) == []


def test_apostrophes_within_single_marks_close_nothing() -> None:
    text = "‘It’s the boys’ mill,’ said the miller’s wife."
    assert quoted(text) == ["‘It’s the boys’ mill,’"]


def test_nested_quotations_belong_to_the_outermost() -> None:
    text = "“He told me, ‘Stay away,’ and I did,” she said. 'They shout \"no\" all day,' he said."
    assert quoted(text) == [
        "“He told me, ‘Stay away,’ and I did,”",
        "'They shout \"no\" all day,'",
    ]


def test_nested_marks_of_the_same_kind() -> None:
    assert quoted("“The “big” mill is closed,” he said.") == ["“The “big” mill is closed,”"]


def test_quotation_runs_on_over_paragraphs() -> None:
    text = "“One is gone.\n\n“Two is gone.\n\n“Three is gone,” he said."
    found = [(q.paragraph, q.continued, q.closed) for q in read(text)]
    assert found == [(0, False, False), (1, True, False), (2, True, True)]


def test_paragraphs_without_marks_between_opening_and_closing_are_quoted() -> None:
    text = "“One is gone.\nTwo is gone.\nThree is gone,” he said."
    assert quoted(text) == ["“One is gone.", "Two is gone.", "Three is gone,”"]


def test_paragraph_after_a_lost_closing_mark_is_not_quoted() -> None:
    assert quoted("He said: “One is gone.\n\nThe mill is old.") == ["“One is gone."]


def test_stray_straight_mark_does_not_swallow_the_next_quotation() -> None:
    assert quoted('The "old mill is closed. “Come back,” he said.') == ["“Come back,”"]


def test_lost_closing_mark_within_one_line_ends_at_the_next_opening() -> None:
    text = "“One is gone. “Two is gone,” he said."
    assert quoted(text) == ["“One is gone.", "“Two is gone,”"]


def test_only_the_given_paragraphs_are_read() -> None:
    text = "“One,” he said.\n“Two,” she said."
    assert [q.span.text_of(text) for q in find_quotations(text, (Span(16, 31),))] == ["“Two,”"]


MARKS = st.sampled_from(
    [*"“”\"‘’'«»‹›„‚‛「」", "''", "``", " ", "\n", "a", "B", ".", ",", "s", "é", "🙂", "א"]
)


@given(st.lists(MARKS, max_size=80).map("".join) | st.text(max_size=60))
def test_spans_are_ordered_and_within_their_paragraph(text: str) -> None:
    paragraphs = find_lines(text)
    end = 0
    for quotation in find_quotations(text, paragraphs):
        assert paragraphs[quotation.paragraph].contains(quotation.span)
        assert quotation.span.contains(quotation.inner)
        assert len(quotation.inner) > 0
        assert quotation.span.start >= end
        end = quotation.span.end


@pytest.mark.parametrize("mark", ["“", '"', "'", "« ", " 'a", "“a ", "‘a b’ s", "“a. \n"])
def test_many_marks_are_read_without_error(mark: str) -> None:
    text = mark * 5000
    assert all(q.span.end <= len(text) for q in read(text))
