import inspect
import re
from datetime import UTC, datetime

import pytest

from bot import errors as bot_errors
from bot import texts
from bot.menu import PRIVATE
from fetcher import errors as fetcher_errors
from fetcher.errors import FetchError, NotAnArticle, TooLarge, UnsupportedType
from newsroom import errors as newsroom_errors
from storage import errors as storage_errors
from storage.errors import DatabaseUnusable
from summarizer import errors as summarizer_errors
from summarizer.errors import InputError, ModelMissing, TextTooLong

CODES = sorted({*texts._WORDING, *texts._OWNER_WORDING})
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")


def all_sentences() -> list[str]:
    constants = [value for name, value in vars(texts).items() if name.isupper()]
    return [
        *(value for value in constants if isinstance(value, str)),
        *(texts.failure_text(code) for code in (*CODES, "internal")),
        texts.only_beginning(200_000),
        texts.already_short(64),
        texts.privacy(1, article_days=30, digest_days=365, backup_days=7),
        texts.erased(7),
        texts.no_right_to_write("Newsroom"),
        texts.erase_question(0),
        texts.cancelled(2, 1),
        texts.not_admitted(5, is_private=True),
        texts.not_admitted(-5, is_private=False),
        f"{texts.digest_limit(20)}15:00.",
        texts.owner_failures(1, datetime(2031, 4, 18, tzinfo=UTC), [("KeyError", ["7f3a"])]),
        *texts.COMMANDS.values(),
    ]


@pytest.mark.parametrize("sentence", all_sentences())
def test_wording_is_calm(sentence: str) -> None:
    assert "!" not in sentence
    assert "please wait" not in sentence.lower()
    assert len(EMOJI.findall(sentence)) <= 1
    assert sentence == sentence.strip()
    assert not re.search("[<>&]", sentence)


@pytest.mark.parametrize("code", CODES)
def test_failures_are_whole_sentences(code: str) -> None:
    assert texts.failure_text(code).endswith((".", "build"))
    assert texts.failure_line(_failure(code)).endswith((".", "build"))


def _failure(code: str) -> Exception:
    failure = Exception()
    failure.code = code  # type: ignore[attr-defined]
    return failure


def concrete_errors() -> list[type[Exception]]:
    modules = (bot_errors, fetcher_errors, newsroom_errors, storage_errors, summarizer_errors)
    return [
        found
        for module in modules
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Exception) and not found.__subclasses__()
    ]


@pytest.mark.parametrize("error", concrete_errors(), ids=lambda error: error.__name__)
def test_every_error_has_wording_at_the_command_line(error: type[Exception]) -> None:
    assert getattr(error, "code", "") in (*CODES, "not_found")


def test_people_who_talk_to_the_bot_see_no_paths() -> None:
    for code in CODES:
        assert "/srv" not in texts.failure_text(code, path="/srv/x", where="/srv/x", why="/srv/x")


def test_failures_name_what_they_are_about() -> None:
    assert texts.failure_line(TextTooLong(6_200_000, 5_000_000)) == (
        "The text has 6,200,000 characters; at most 5,000,000 can be read. Send the article alone."
    )
    assert "en_core_web_xl" in texts.failure_line(ModelMissing("en_core_web_xl"))
    assert "/srv/n.db" in texts.failure_line(DatabaseUnusable("/srv/n.db", "disk full"))
    assert texts.failure_text("unsupported_type", media_type="image/png") == (
        "I read text and .txt, .md, .html and .pdf files. This is image/png. "
        "Paste the text instead."
    )
    assert texts.failure_text("digest_timeout", seconds=20.0) == (
        "I could not finish this text within 20 seconds. Send the article alone, or a part of it."
    )
    assert "(id 7f3a)" in texts.failure_text("internal", error_id="7f3a")


def test_data_without_a_place_is_passed_over() -> None:
    assert texts.failure_text("empty_text", length=3) == texts.failure_text("empty_text")


def test_unknown_codes_are_faults_of_ours() -> None:
    assert texts.failure_text("no_such_code").startswith("Something broke on my side")
    assert texts.failure_line(RuntimeError("no disk")) == "RuntimeError: no disk"


def test_input_errors_have_wording_of_their_own() -> None:
    assert texts.failure_line(InputError()) != texts.failure_line(RuntimeError())


@pytest.mark.parametrize("command", PRIVATE)
def test_help_names_every_command(command: str) -> None:
    assert f"/{command}" in texts.HELP


def test_help_names_the_source_of_the_places() -> None:
    assert "GeoNames, CC BY 4.0" in texts.HELP


def test_help_has_few_lines() -> None:
    assert len(texts.HELP.splitlines()) <= 9


def test_owner_message_stays_short_whatever_went_wrong() -> None:
    kinds = [(f"Kind{number}" * 5, ["7f3a"] * 1_000) for number in range(500)]
    said = texts.owner_failures(500_000, datetime(2031, 4, 18, tzinfo=UTC), kinds)
    assert len(said) < 4_096
    assert "500,000 errors since 2031-04-18 00:00 UTC." in said
    assert "and 485 further kinds" in said


def test_toasts_are_short_enough() -> None:
    for toast in (
        texts.ONLY_ADMINS,
        texts.KEPT,
        texts.BUTTON_OUT_OF_DATE,
        texts.not_admitted(9_999_999_999, is_private=True),
        texts.not_admitted(-1_009_999_999_999, is_private=False),
    ):
        assert len(toast) <= 200


def test_counts_agree_with_their_nouns() -> None:
    assert texts.already_short(1) == "That is already short (1 word)."
    assert texts.already_short(64) == "That is already short (64 words)."


@pytest.mark.parametrize(
    "error",
    [
        TooLarge(None, 6_000_000, 5_000_000),
        NotAnArticle(None, "paywall"),
        UnsupportedType(None, ""),
    ],
)
def test_what_is_not_known_is_not_told(error: FetchError) -> None:
    for told in (texts.failure_text(error.code, **vars(error)), texts.failure_line(error)):
        assert told.endswith(".")
        assert "None" not in told
