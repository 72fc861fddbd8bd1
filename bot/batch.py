"""`nutgraf batch`: JSON Lines in, one digest line out for each, in order, as a stream."""

import asyncio
import json
import math
import queue
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, NoReturn

from bot.texts import failure_line
from fetcher.errors import FetchError
from fetcher.http import Fetcher
from newsroom.digesting import Digester
from newsroom.errors import NewsroomError
from newsroom.pages import fetch_page
from summarizer.errors import InputError
from summarizer.models import Article, Digest
from summarizer.wire import digest_to_dict, to_json

IN_FLIGHT_PER_WORKER = 4
"""Lines read ahead for each worker: enough to keep it busy, few enough to bound memory."""


class BadLine(Exception):
    """A line that is no article; `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Failure = BadLine | InputError | FetchError | NewsroomError
"""What the line is to blame for, or the article behind it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a line will be answered by; the errors of the digest are those of its line."""

    line_id: object
    digest: Future[Digest]


class LinkDigester:
    """Digests what is behind links; owns the thread that fetches them. A context manager."""

    def __init__(self, fetcher: Fetcher, digester: Digester) -> None:
        self._fetcher = fetcher
        self._digester = digester
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="batch-fetcher", daemon=True
        )

    def submit(self, known: Article) -> Future[Digest]:
        """Queue the page at the article's address; what is known of it wins over the page."""
        return asyncio.run_coroutine_threadsafe(self._digest(known), self._loop)

    async def _digest(self, known: Article) -> Digest:
        page = await fetch_page(known.url or "", fetcher=self._fetcher, reader=self._digester)
        article = replace(
            page.article,
            title=known.title or page.article.title,
            published=known.published or page.article.published,
        )
        return await self._digester.digest(article)

    def __enter__(self) -> "LinkDigester":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def digest_lines(lines: Iterable[bytes], digester: Digester, links: LinkDigester) -> Iterator[str]:
    """One line of JSON for each line that is not blank; a bad line gives an error line.

    A line is answered as soon as it and all before it are done, whether or not more input comes.
    """
    for answer in digest_answers(lines, digester, links):
        failure = failure_of(answer)
        if failure is not None:
            yield error_line(answer, failure)
        else:
            yield to_json(digest_to_dict(answer.digest.result(), digest_id=answer.line_id))


def digest_answers(
    lines: Iterable[bytes], digester: Digester, links: LinkDigester
) -> Iterator[Answer]:
    """An answer for each line that is not blank, in order, while further lines are read."""
    answers: queue.Queue[Answer | None] = queue.Queue(
        digester.settings.workers * IN_FLIGHT_PER_WORKER
    )
    failures: list[BaseException] = []

    def read() -> None:
        try:
            for line in lines:
                if line.strip():
                    answers.put(_submit(line, digester, links))
        except BaseException as exc:
            failures.append(exc)
        finally:
            answers.put(None)

    threading.Thread(target=read, name="batch-reader", daemon=True).start()
    while (answer := answers.get()) is not None:
        yield answer
    if failures:
        raise failures[0]


def _submit(line: bytes, digester: Digester, links: LinkDigester) -> Answer:
    line_id: object = None
    try:
        item = _parse_line(line)
        line_id = item.get("id")
        article, html = _read_item(item)
    except BadLine as exc:
        refused: Future[Digest] = Future()
        refused.set_exception(exc)
        return Answer(line_id, refused)
    if html is not None:
        return Answer(line_id, digester.submit_page(html, article))
    if item.get("text") is None:
        return Answer(line_id, links.submit(article))
    return Answer(line_id, digester.submit(article))


def _parse_line(line: bytes) -> dict[str, Any]:
    try:
        item = json.loads(
            line.decode("utf-8-sig"), parse_constant=_refuse_number, parse_float=_parse_float
        )
    except UnicodeDecodeError as exc:
        raise BadLine("not_utf8") from exc
    except (ValueError, RecursionError) as exc:
        raise BadLine("not_json") from exc
    if not isinstance(item, dict):
        raise BadLine("not_an_object")
    return item


def _parse_float(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _refuse_number(digits)


def _refuse_number(literal: str) -> NoReturn:
    """NaN and the infinities: JSON has no such numbers, and an answer repeats its id."""
    raise ValueError(literal)


def _read_item(item: dict[str, Any]) -> tuple[Article, str | None]:
    """The article a line describes, and its page where it has one instead of a text."""
    fields: dict[str, str | None] = {}
    for name in ("text", "html", "url", "title", "published"):
        value = item.get(name)
        if value is not None and not isinstance(value, str):
            raise BadLine("wrong_type")
        fields[name] = value
    text, html = fields["text"], fields["html"]
    if text is None and html is None and not fields["url"]:
        raise BadLine("nothing_to_digest")
    article = Article(
        text=text or "",
        title=fields["title"],
        url=fields["url"],
        published=fields["published"],
    )
    return article, html if text is None else None


def failure_of(answer: Answer) -> Failure | None:
    """Why a line has no digest, once that is known; errors that are not of the line are raised."""
    error = answer.digest.exception()
    if error is None or isinstance(error, Failure):
        return error
    raise error


def error_line(answer: Answer, failure: Failure) -> str:
    error = {"code": failure.code, "message": failure_line(failure)}
    return to_json({"id": answer.line_id, "error": error})
