import json

from hypothesis import given

from summarizer.models import Digest
from summarizer.wire import article_key, digest_from_dict, digest_to_dict, to_json
from support.builders import make_article, make_full_digest
from support.strategies import digests


def test_json_has_the_fields_of_the_contract() -> None:
    data = digest_to_dict(make_full_digest())
    assert list(data) == [
        "id",
        "title",
        "url",
        "source",
        "authors",
        "published",
        "language",
        "text",
        "method",
        "key_points",
        "speakers",
        "locations",
        "boilerplate",
    ]
    assert list(data["key_points"][0]) == ["text", "start", "end", "rank"]
    assert list(data["speakers"][0]) == ["name", "role", "kind", "statements"]
    statement = data["speakers"][0]["statements"][0]
    assert list(statement) == ["text", "start", "end", "verb", "direct", "mention"]
    assert list(statement["mention"]) == ["text", "start", "end"]
    assert list(data["locations"][0]) == [
        "name",
        "kind",
        "country_code",
        "latitude",
        "longitude",
        "geonames_id",
        "exact",
        "salience",
        "mentions",
    ]


@given(digests())
def test_digest_survives_json(digest: Digest) -> None:
    line = to_json(digest_to_dict(digest))
    line.encode("utf-8")
    assert "\n" not in line
    assert json.loads(line) == digest_to_dict(digest)
    assert digest_from_dict(digest_to_dict(digest)) == digest


def test_key_tells_articles_apart_by_text_title_and_address() -> None:
    keys = {
        article_key(make_article(text="a")),
        article_key(make_article(text="b")),
        article_key(make_article(text="a", title="b")),
        article_key(make_article(text="a", url="https://a.example/b")),
        article_key(make_article(text="\ud800")),
    }
    assert len(keys) == 5
    assert article_key(make_article(text="a")) == article_key(make_article(text="a"))


def test_id_may_be_given() -> None:
    assert digest_to_dict(make_full_digest(), digest_id=["x", 1])["id"] == ["x", 1]
