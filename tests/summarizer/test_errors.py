import pickle

import pytest

from fetcher.errors import NotAnArticle
from newsroom.errors import DigestFailed, DigestTimeout
from summarizer.errors import (
    EmptyText,
    GazetteerMissing,
    ModelMissing,
    TextTooLong,
    UnsupportedMethod,
)


@pytest.mark.parametrize(
    "error",
    [
        EmptyText(),
        TextTooLong(9, 5),
        UnsupportedMethod("magic", ("lead", "nutgraf")),
        ModelMissing("en_core_web_xl"),
        GazetteerMissing("places.sqlite"),
        NotAnArticle("https://a.example/"),
        NotAnArticle(None),
        DigestTimeout(21.5),
        DigestFailed("ValueError"),
    ],
    ids=lambda error: error.code,
)
def test_error_crosses_a_process_boundary_whole(error: Exception) -> None:
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(copy) is type(error)
    assert copy.__dict__ == error.__dict__
    assert str(copy) == str(error)
