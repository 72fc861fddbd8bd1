import asyncio
import errno
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from bot import exits, texts
from bot.cli import main
from fetcher.document import MAX_BYTES
from support.pages import PARAGRAPHS, make_page
from support.sites import page, serving

Run = Callable[..., Result]

FEED = b"""\
<rss version="2.0"><channel><title>Marren</title><item><title>Crane</title><link>/1</link></item>
</channel></rss>"""

ARTICLE = """\
Ferry to Oldhaven suspended after engine fire

MARREN, Ireland — The ferry between Marren and Oldhaven will not sail this week, the operator said.

“We will not put a ship to sea that smells of smoke,” said Nuala Brannigan, the operator's director.

Passengers were taken to Galway by bus, she said. Nobody was hurt.
"""


@pytest.fixture
def environment(gazetteer_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUTGRAF_DIGEST__GAZETTEER", str(gazetteer_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


@pytest.fixture
def run(environment: None) -> Run:
    def run(*arguments: str, stdin: str | bytes = b"") -> Result:
        return CliRunner().invoke(main, arguments, input=stdin)

    return run


def test_digest_prints_text_json_and_a_page(run: Run) -> None:
    assert "Nuala Brannigan" in run("digest", stdin=ARTICLE).stdout
    digest = json.loads(run("digest", "-", "--format", "json", stdin=ARTICLE).stdout)
    assert digest["text"] == ARTICLE
    assert digest["speakers"][0]["name"] == "Nuala Brannigan"
    assert run("digest", "--format", "html", stdin=ARTICLE).stdout.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        (b"a" * (MAX_BYTES + 1_000_000), "I read up to 20 MB"),
        (b"PK\x03\x04 crane.docx", "This is application/zip"),
    ],
    ids=["large", "zip"],
)
def test_digest_reads_no_more_than_a_file_from_standard_input(
    run: Run, stdin: bytes, said: str
) -> None:
    result = run("digest", stdin=stdin)
    assert (result.exit_code, said in result.stderr) == (1, True)


def test_digest_draws_the_map_into_a_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "map.png"
    result = run("digest", "--map", str(path), stdin=ARTICLE)
    assert result.exit_code == 0
    assert "Nuala Brannigan" in result.stdout
    with Image.open(path) as picture:
        assert (picture.format, picture.width) == ("PNG", 1280)


def test_digest_says_that_there_is_no_place_for_a_map(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "map.png"
    article = "It rained all day. Nobody went out, they said."
    result = run("digest", "--map", str(path), stdin=article)
    assert result.exit_code == 0
    assert "No place" in result.stderr
    assert not path.exists()


def test_map_that_cannot_be_written_is_said_in_a_line(run: Run, tmp_path: Path) -> None:
    result = run("digest", "--map", str(tmp_path / "missing" / "map.png"), stdin=ARTICLE)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_digest_explains_scores_and_statements_after_the_text(run: Run) -> None:
    result = run("digest", "-", "--explain", stdin=ARTICLE)
    assert result.exit_code == 0
    assert " #1 " in result.stdout
    assert "lead +" in result.stdout
    assert "“said”" in result.stdout


def test_explanation_is_no_part_of_the_json(run: Run) -> None:
    result = run("digest", "-", "--explain", "--format", "json", "--method", "lead", stdin=ARTICLE)
    assert json.loads(result.stdout)["method"].startswith("lead")
    assert "no scores" in result.stderr


def test_digest_reads_a_file_as_it_is(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    text = "\ufeff" + ARTICLE.replace("\n", "\r\n")
    path.write_bytes(text.encode())
    result = run("digest", str(path), "--format", "json")
    digest = json.loads(result.stdout)
    assert digest["text"] == text
    for point in digest["key_points"]:
        assert text[point["start"] : point["end"]] == point["text"]


def test_digest_reads_a_page_and_markdown(run: Run, tmp_path: Path) -> None:
    saved, markdown = tmp_path / "crane.html", tmp_path / "crane.md"
    saved.write_text(make_page(heading="Crane falls into harbour"))
    markdown.write_text("# Crane falls\n\n" + "\n\n".join(PARAGRAPHS))
    for path, title in ((saved, "Crane falls into harbour"), (markdown, "Crane falls")):
        digest = json.loads(run("digest", str(path), "--format", "json").stdout)
        assert digest["title"] == title
        assert digest["text"].splitlines() == list(PARAGRAPHS)


async def test_links_are_fetched_where_that_is_allowed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUTGRAF_FETCH__ALLOW_PRIVATE_NETWORKS", "true")
    story = page(make_page(heading="Crane falls").encode())
    feed = page(FEED, headers={"Content-Type": "application/rss+xml"})
    async with serving({"/story": story, "/feed": feed}) as site:
        answers = [
            await asyncio.to_thread(run, *arguments)
            for arguments in (
                ("digest", f"{site.url}/story?utm_source=x#top", "--format", "json"),
                ("digest", f"{site.url}/story", "--format", "json"),
                ("feed", f"{site.url}/feed", "--format", "json"),
                ("feed", f"{site.url}/nothing"),
            )
        ]
    missing, digest, feed_found, refused = answers
    assert (missing.exit_code, refused.exit_code) == (1, 1)
    assert "HTTP 404" in missing.stderr
    found = json.loads(digest.stdout)
    assert (found["title"], found["url"]) == ("Crane falls", f"{site.url}/story")
    assert found["text"].splitlines() == list(PARAGRAPHS)
    (entry,) = json.loads(feed_found.stdout)["entries"]
    assert entry["link"] == f"{site.url}/1"


def test_file_that_is_not_what_its_name_says_is_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_bytes(b"PK\x03\x04\x14\0")
    result = run("digest", str(path))
    assert result.exit_code == 1
    assert "application/zip" in result.stderr


def test_feed_is_shown_as_text_and_json(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(
        "<rss><channel><title>Marren Post</title><link>https://marren.example/</link><item>"
        "<title>Crane falls</title><link>/crane</link><pubDate>Thu, 04 Mar 2021 08:00:00 GMT"
        "</pubDate></item></channel></rss>"
    )
    assert run("feed", str(path)).stdout == (
        "Marren Post\nhttps://marren.example/\n\n"
        "2021-03-04 – Crane falls\n  https://marren.example/crane\n"
    )
    found = json.loads(run("feed", str(path), "--format", "json").stdout)
    assert found["entries"][0] == {
        "id": "https://marren.example/crane",
        "title": "Crane falls",
        "link": "https://marren.example/crane",
        "published": "2021-03-04T08:00:00+00:00",
        "summary": "",
    }


def test_page_that_names_feeds_shows_them(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        '<html><link rel="alternate" type="application/atom+xml" title="All" '
        'href="https://marren.example/all"></html>'
    )
    found = json.loads(run("feed", str(path), "--format", "json").stdout)
    assert found == {"feeds": [{"title": "All", "link": "https://marren.example/all"}]}
    assert run("feed", str(path)).stdout == "All\n  https://marren.example/all\n"


def test_what_is_no_feed_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Just words.")
    result = run("feed", str(path))
    assert (result.exit_code, result.stdout) == (1, "")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("method", ["lead", "lex-rank"])
def test_method_is_chosen_and_named(run: Run, method: str) -> None:
    result = run("digest", "--format", "json", "--method", method, stdin=ARTICLE)
    assert json.loads(result.stdout)["method"].startswith(f"{method}/en_core_web_")


@pytest.mark.parametrize(
    "stdin",
    [b"", b" \n\t\r\n", b"...", b"\xff\xfe", "🙂🙂🙂".encode(), b"\x00", "a" * 5_000_001],
    ids=["empty", "white space", "marks", "not UTF-8", "emoji", "NUL", "too long"],
)
def test_text_that_cannot_be_digested_is_refused_in_one_line(run: Run, stdin: str | bytes) -> None:
    result = run("digest", stdin=stdin)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr


def test_text_without_a_word_is_refused_before_the_place_list_is_built(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "missing.sqlite"
    monkeypatch.setenv("NUTGRAF_DIGEST__GAZETTEER", str(path))
    assert (run("digest").exit_code, path.exists()) == (1, False)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["digest", "no/such/file.txt"], 1),
        (["digest", "."], 1),
        (["digest", "http://127.0.0.1/story"], 1),
        (["digest", "HTTPS://anna@a.example/"], 1),
        (["digest", "--method", "magic"], 2),
        (["digest", "--config", "no/such.toml"], 2),
        (["batch", "--workers", "0"], 2),
        (["dance"], 2),
    ],
)
def test_wrong_use_has_its_exit_code_and_no_traceback(
    run: Run, arguments: list[str], code: int
) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr
    assert isinstance(result.exception, SystemExit)


def test_missing_model_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUTGRAF_DIGEST__MODEL", "no_such_model")
    result = run("digest", stdin=ARTICLE)
    assert result.exit_code == 2
    assert "no_such_model" in result.stderr


def test_wrong_configuration_names_the_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUTGRAF_DIGEST__KEY_POINTS", "many")
    result = run("digest", stdin=ARTICLE)
    assert result.exit_code == 2
    assert "digest.key_points" in result.stderr


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from bot.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'spacy', 'numpy', 'sumy', 'telegram', 'sqlalchemy', 'pydantic', 'trafilatura'}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "batch" in done.stdout


@pytest.mark.parametrize(
    ("command", "code", "lines"), [("digest", 1, 1), ("batch", 0, 0), ("chat", 1, 0)]
)
def test_closed_standard_input_is_an_empty_one(
    environment: None, command: str, code: int, lines: int
) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {sys.executable} -m bot {command} <&-"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (code, lines), done.stderr


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_closed_standard_output_takes_nothing(
    environment: None, tmp_path: Path, closed: str
) -> None:
    path = tmp_path / "help.txt"
    path.write_text("/help", "utf-8")
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {sys.executable} -m bot chat --once {path} {closed}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    words = texts.HELP.split()[:4]
    assert done.stdout.split()[:4] == (words if closed == "2>&-" else [])


def test_interrupted_command_says_so_and_exits_with_130(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    echo = click.echo

    def interrupt(message: str, err: bool = False) -> None:
        if not err:
            raise KeyboardInterrupt
        echo(message, err=True)

    monkeypatch.setattr(click, "echo", interrupt)
    result = run("digest", stdin=ARTICLE)
    assert (result.exit_code, result.stderr) == (130, "Interrupted.\n")


def test_full_disk_behind_the_output_is_told_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    echo = click.echo

    def fail(message: str, err: bool = False) -> None:
        if not err:
            raise OSError(errno.ENOSPC, "No space left on device")
        echo(message, err=True)

    monkeypatch.setattr(click, "echo", fail)
    monkeypatch.setattr(exits, "_drop_output", lambda: None)
    result = run("digest", stdin=ARTICLE)
    assert result.exit_code == 75
    assert result.stderr == "The output cannot be written: No space left on device.\n"


def test_debug_log_holds_no_text_and_no_token() -> None:
    set_up = (
        "import logging\n"
        "from bot.logging_setup import set_up_logging\n"
        "set_up_logging('debug')\n"
        "names = ('telegram.ext.ExtBot', 'telegram.ext.Application', 'aiosqlite', 'httpcore')\n"
        "assert not any(logging.getLogger(n).isEnabledFor(logging.DEBUG) for n in names)\n"
        "assert logging.getLogger('bot').isEnabledFor(logging.DEBUG)\n"
    )
    subprocess.run([sys.executable, "-c", set_up], check=True)


def test_dump_is_imported_into_the_place_list(
    run: Run, gazetteer_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, dump = tmp_path / "own.sqlite", tmp_path / "XX.txt"
    own.write_bytes(gazetteer_path.read_bytes())
    monkeypatch.setenv("NUTGRAF_DIGEST__GAZETTEER", str(own))
    columns = ["90000001", "Quillmarsh", "Quillmarsh", "", "53", "-8", "P", "PPL", "IE", *[""] * 10]
    dump.write_text("\t".join(columns) + "\n", "utf-8")
    result = run("gazetteer", "import", str(dump))
    assert (result.exit_code, result.stdout) == (0, "")
    article = "The mill at Quillmarsh, Ireland, burned down in the night, the owners said."
    (place, _) = json.loads(run("digest", "--format", "json", stdin=article).stdout)["locations"]
    assert (place["name"], place["geonames_id"]) == ("Quillmarsh", 90_000_001)


def test_file_that_is_no_dump_is_refused(run: Run, tmp_path: Path) -> None:
    diary = tmp_path / "diary.txt"
    diary.write_text("Dear diary")
    result = run("gazetteer", "import", str(diary))
    assert result.exit_code == exits.EXIT_REFUSED
    assert result.stderr.splitlines()[-1].startswith("The file")
