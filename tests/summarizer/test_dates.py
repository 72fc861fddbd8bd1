"""Dates are read as ISO 8601, with a time only where its zone is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.dates import StatedDate, find_date


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("November 14, 2032", "2032-11-14"),
        ("20 Nov 2029 08:00 GMT", "2029-11-20T08:00:00+00:00"),
        ("Posted 18 January 2035, 9:14 am EST", "2035-01-18T09:14:00-05:00"),
        ("Friday, July 21, 2017 12:05 a.m. PDT", "2017-07-21T00:05:00-07:00"),
        ("Updated: 18 Nov 2029, 19:11", "2029-11-18"),
        ("Wednesday 20 November 2029 11:42, UK", "2029-11-20"),
        ("2032-11-14T10:00:00Z", "2032-11-14T10:00:00+00:00"),
        ("14.11.2032", "2032-11-14"),
        ("14 ноября 2032 г., 10:20", "2032-11-14"),
        ("14 листопада 2032 року", "2032-11-14"),
        ("3 de marzo de 2031", "2031-03-03"),
        ("3. März 2031", "2031-03-03"),
        ("Publié le 3 août 2031", "2031-08-03"),
    ],
)
def test_date_line_is_read(line: str, iso: str) -> None:
    assert find_date(line) == StatedDate(iso, alone=True)


@pytest.mark.parametrize(
    "line", ["", "May 2031", "February 31, 2031", "3/4/2031", "14:42 GMT", "2031", "the 1 of May"]
)
def test_incomplete_or_ambiguous_date_is_none(line: str) -> None:
    assert find_date(line) is None


def test_date_within_other_words_is_not_alone() -> None:
    assert find_date("by Dana Ilie — April 18, 2031") == StatedDate("2031-04-18", alone=False)


@given(st.text(alphabet="0123456789 :.-TZ,aprilPMGT", max_size=130))
def test_any_line_is_read_without_complaint(line: str) -> None:
    find_date(line)
