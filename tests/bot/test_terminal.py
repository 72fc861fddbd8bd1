import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from sqlalchemy import func, select

from bot import texts
from bot.context import Services
from bot.local_api import LocalBotApi
from bot.local_checks import Button
from bot.local_events import ActionShown, MessageSent, PhotoSent, PressAnswered, VenueSent
from bot.render import DigestLayout
from bot.terminal import (
    exit_code,
    local_life,
    render_event,
    run_chat,
    running,
    shows_styles,
)
from fetcher.errors import BadStatus, Unreachable
from newsroom.errors import DigestTimeout
from storage.database import Database
from storage.errors import DatabaseLocked
from storage.tables import articles, deliveries, jobs, updates
from summarizer.errors import EmptyText
from summarizer.models import Location
from support.bot import NOW, FakeDigester, FakeFeedReader, FakeFetcher
from support.digests import FLOOD
from support.pages import PARAGRAPHS, make_page

LONG = FLOOD + "\n" + "word " * 120
PASTE = "\x1b[200~{}\x1b[201~"
READY = f"[1] {texts.TRY_EXAMPLE}"
NO_PICTURES = Path("/nowhere")
ENTER, CTRL_C, CTRL_D = "\r", "\x03", "\x04"


class Stdin(io.TextIOWrapper):
    """Standard input: a pipe with its bytes, or a terminal."""

    def __init__(self, content: bytes = b"", *, is_terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8")
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


class Screen(io.StringIO):
    """What is shown; once it holds the words of a step, the keys of that step are typed."""

    def __init__(self, keys: PipeInput, steps: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self.keys = keys
        self.steps = list(steps)

    def write(self, text: str) -> int:
        written = super().write(text)
        while self.steps and self.steps[0][0] in self.getvalue():
            self.keys.send_text(self.steps.pop(0)[1])
        return written


@pytest.fixture
def services(database: Database) -> Services:
    return Services(
        FakeDigester(), database, DigestLayout(), FakeFetcher(), FakeFeedReader(), now=lambda: NOW
    )


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


async def talk(
    services: Services, keys: PipeInput, *steps: tuple[str, str], pictures: Path = NO_PICTURES
) -> str:
    """What stands on the screen in the end."""
    screen = Screen(keys, steps)
    stdin = Stdin(is_terminal=True)
    code = await run_chat(services, once=None, stdin=stdin, stdout=screen, pictures=pictures)
    assert code == 0
    return screen.getvalue()


async def pipe_in(services: Services, content: bytes, once: Path | None = None) -> tuple[int, str]:
    screen = io.StringIO()
    code = await run_chat(
        services, once=once, stdin=Stdin(content), stdout=screen, pictures=NO_PICTURES
    )
    return code, screen.getvalue()


def digested(services: Services) -> list[str]:
    assert isinstance(services.digester, FakeDigester)
    return [article.text for article in services.digester.articles]


async def test_piped_input_is_one_message(services: Services) -> None:
    code, screen = await pipe_in(services, LONG.encode())
    assert code == 0
    assert digested(services) == [LONG]
    assert screen.count(texts.KEY_POINTS) == 1
    assert "\x1b" not in screen


async def test_piped_text_is_taken_as_it_is(services: Services) -> None:
    text = "\ufeffFirst.\r\n\r\nSecond.\rThird.\x00\n\n"
    await pipe_in(services, text.encode())
    assert digested(services) == [text]


async def test_piped_command_is_a_command(services: Services) -> None:
    code, screen = await pipe_in(services, b"/history\n")
    assert (code, screen.strip()) == (0, texts.HISTORY_EMPTY)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no words"),
        (b" \n\t ", "no words"),
        ("…".encode(), "no words"),
        (b"caf\xe9", "not UTF-8"),
        (b"https://t.me/c/1/2", "leads into Telegram"),
    ],
)
async def test_refused_input_is_answered_and_exits_with_1(
    services: Services, content: bytes, words: str
) -> None:
    code, screen = await pipe_in(services, content)
    assert code == 1
    assert words in screen


async def test_link_is_fetched_and_digested(services: Services) -> None:
    assert isinstance(services.fetcher, FakeFetcher)
    services.fetcher.put("https://a.example/a", LONG)
    code, screen = await pipe_in(services, b"https://a.example/a")
    assert (code, screen.splitlines()[0]) == (0, "Page [1]")
    assert "[1] https://a.example/a" in screen


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unreachable("https://a.example/a", "timeout"), 75),
        (BadStatus("https://a.example/a", 404), 1),
    ],
)
async def test_link_that_fails_is_told_and_has_its_exit_code(
    services: Services, error: Exception, code: int
) -> None:
    assert isinstance(services.fetcher, FakeFetcher)
    services.fetcher.pages["https://a.example/a"] = error
    found, screen = await pipe_in(services, b"https://a.example/a")
    assert found == code
    assert "a.example" in screen


async def test_failure_that_may_pass_exits_with_75(services: Services) -> None:
    assert isinstance(services.digester, FakeDigester)
    services.digester.errors.append(DigestTimeout(20))
    code, screen = await pipe_in(services, LONG.encode())
    assert code == 75
    assert "could not finish" in screen


def test_exit_codes() -> None:
    failures = (EmptyText(), DatabaseLocked(), DigestTimeout(1), RuntimeError())
    assert [exit_code(failure) for failure in failures] == [1, 4, 75, 75]


async def test_once_sends_a_page_as_the_file_it_is(services: Services, tmp_path: Path) -> None:
    page = tmp_path / "crane.html"
    page.write_text(make_page())
    code, _ = await pipe_in(services, b"", once=page)
    assert code == 0
    assert digested(services) == ["\n".join(PARAGRAPHS)]


async def test_once_sends_the_file(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_bytes(LONG.encode())
    code, screen = await pipe_in(services, b"not this", path)
    assert code == 0
    assert digested(services) == [LONG]
    assert "Flood crest" in screen


async def test_start_is_shown_first_with_its_button_numbered(
    services: Services, keys: PipeInput
) -> None:
    screen = await talk(services, keys, (READY, CTRL_D))
    assert screen.startswith(f"{texts.CHAT_HINT}\n\n{texts.START[:40]}")
    assert f"[1] {texts.TRY_EXAMPLE}" in screen


async def test_number_presses_the_button(services: Services, keys: PipeInput) -> None:
    screen = await talk(services, keys, (READY, f"1{ENTER}"), (texts.KEY_POINTS, f"/quit{ENTER}"))
    assert len(digested(services)) == 1
    assert texts.KEY_POINTS in screen


async def test_number_without_such_a_button_is_a_text(services: Services, keys: PipeInput) -> None:
    await talk(services, keys, (READY, f"7{ENTER}{CTRL_D}"))
    assert digested(services) == ["7"]


async def test_paste_of_many_lines_is_one_message(services: Services, keys: PipeInput) -> None:
    await talk(services, keys, (READY, PASTE.format(LONG) + ENTER + CTRL_D))
    assert digested(services) == [LONG]


async def test_what_was_asked_is_answered_before_leaving(
    services: Services, keys: PipeInput
) -> None:
    screen = await talk(services, keys, (READY, PASTE.format(LONG) + ENTER + CTRL_D))
    assert texts.KEY_POINTS in screen


async def test_ctrl_c_drops_a_line_that_was_begun(services: Services, keys: PipeInput) -> None:
    await talk(services, keys, (READY, f"A line not sent{CTRL_C}Snow fell.{ENTER}{CTRL_D}"))
    assert digested(services) == ["Snow fell."]


@pytest.mark.parametrize(
    ("keys_typed", "code"), [(f"/quit{ENTER}", 0), (CTRL_C, 130), (f"begun{CTRL_C}", 130)]
)
async def test_leaving_does_not_wait_for_a_digest(
    services: Services, keys: PipeInput, keys_typed: str, code: int
) -> None:
    digester = services.digester
    assert isinstance(digester, FakeDigester)
    digester.gate = asyncio.Event()
    screen = Screen(keys, ((READY, f"Snow fell.{ENTER}"),))

    async def leave() -> None:
        await digester.started.acquire()
        keys.send_text(keys_typed)

    leaving = asyncio.create_task(leave())
    stdin = Stdin(is_terminal=True)
    assert (
        await run_chat(services, once=None, stdin=stdin, stdout=screen, pictures=NO_PICTURES)
        == code
    )
    await leaving
    assert screen.getvalue().endswith(f"{texts.cancelled(0, 1)}\n")
    async with services.database.read() as conn:
        for table in (updates, jobs, deliveries, articles):
            assert await conn.scalar(select(func.count()).select_from(table)) == 0, table.name


async def test_ctrl_c_on_an_empty_line_ends(services: Services, keys: PipeInput) -> None:
    screen = Screen(keys, ((READY, CTRL_C),))
    stdin = Stdin(is_terminal=True)
    assert (
        await run_chat(services, once=None, stdin=stdin, stdout=screen, pictures=NO_PICTURES) == 130
    )


async def test_empty_lines_send_nothing(services: Services, keys: PipeInput) -> None:
    screen = await talk(services, keys, (READY, f"{ENTER} {ENTER}/quit{ENTER}"))
    assert digested(services) == []
    assert "no words" not in screen


def test_message_is_rendered_with_choices_and_links_below() -> None:
    keyboard = (
        (Button("In context", "1:cx"), Button("Map", url="https://m.org")),
        (Button("All", "1:q"),),
    )
    message = MessageSent(1, 2, "a < b", "a &lt; <b>b</b>", (), keyboard, None, None, False)
    assert render_event(message, NO_PICTURES, color=False) == (
        "a < b\n\n[1] In context\n[2] All\nMap: https://m.org\n"
    )


def test_plain_text_is_shown_without_control_sequences() -> None:
    message = MessageSent(1, 2, "a <b> \x1b[31mred", None, (), (), None, None, False)
    assert render_event(message, NO_PICTURES, color=False) == "a <b> [31mred\n\n"


def test_toast_is_shown_and_actions_are_not() -> None:
    assert (
        render_event(PressAnswered("1", "Out of date."), NO_PICTURES, color=False)
        == "(Out of date.)\n\n"
    )
    assert render_event(PressAnswered("1", ""), NO_PICTURES, color=False) == ""
    assert render_event(ActionShown(1, None, "typing"), NO_PICTURES, color=False) == ""


async def test_bot_stops_when_interrupted(services: Services) -> None:
    life = local_life(LocalBotApi(), services)
    started = asyncio.Event()

    async def stay() -> None:
        async with running(life):
            started.set()
            await asyncio.Event().wait()

    staying = asyncio.create_task(stay())
    await started.wait()
    staying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await staying
    assert not life.application.running


@pytest.mark.parametrize(
    ("is_terminal", "environment", "styled"),
    [
        (True, {"TERM": "xterm"}, True),
        (True, {"TERM": "dumb"}, False),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, True),
        (False, {"TERM": "xterm"}, False),
    ],
)
def test_styles_are_shown_where_the_terminal_has_them(
    monkeypatch: pytest.MonkeyPatch,
    is_terminal: bool,
    environment: dict[str, str],
    styled: bool,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert shows_styles(Stdin(is_terminal=is_terminal)) is styled


def test_picture_is_written_to_a_file_whose_path_is_told(tmp_path: Path) -> None:
    keyboard = ((Button("Bergen", data="1:pin:1:1"),),)
    event = PhotoSent(1, 42, b"picture", "Bergen", keyboard, 41, None)
    shown = render_event(event, tmp_path / "maps", color=False)
    assert (tmp_path / "maps" / "map-42.png").read_bytes() == b"picture"
    assert "map-42.png" in shown
    assert "[1] Bergen" in shown


def test_pin_is_shown_with_its_point() -> None:
    pin = VenueSent(1, 2, "Bergen", "Bergen, Norway", 60.39, 5.32, None, None, silent=True)
    shown = render_event(pin, NO_PICTURES, color=False)
    assert shown == "Bergen\nBergen, Norway\n60.39, 5.32\n\n"


async def test_numbers_choose_the_map_and_then_a_pin(
    services: Services, keys: PipeInput, tmp_path: Path
) -> None:
    assert isinstance(services.digester, FakeDigester)
    bergen = Location("Bergen", "city", "NO", 60.39, 5.32, None, True, 1.0, ())
    services.digester.locations = (bergen,)
    screen = await talk(
        services,
        keys,
        (READY, PASTE.format(LONG) + ENTER),
        ("[1] Map", "1" + ENTER),
        ("[1] Bergen", "1" + ENTER),
        ("60.39, 5.32", "/quit" + ENTER),
        pictures=tmp_path,
    )
    assert f"Picture: {tmp_path}" in screen.replace("\n", "")
