"""What can be made to go wrong with a call, and which calls it hits."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from support.bot_api.http import json_response, response

ON_THE_WAY_S = 0.25


@dataclass(frozen=True, slots=True)
class Fault:
    """The method is carried out or not; then the connection closes, or `answer` is given.

    Otherwise the true answer follows after `delay_s`, or with `truncates` its first part.
    """

    carried_out: bool = False
    closes: bool = False
    truncates: bool = False
    answer: bytes = b""
    delay_s: float = 0
    retry_after: int = 0


def refused(code: int, description: str, **parameters: int) -> Fault:
    """An answer other than ok, in the server's words with their prefix ("Bad Request: ...")."""
    answer: dict[str, object] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        answer["parameters"] = parameters
    return Fault(answer=json_response(code, answer))


def flood(retry_after: int) -> Fault:
    """429; until the time is over, every further call for the same chat is refused as well."""
    return Fault(answer=flood_answer(retry_after), retry_after=retry_after)


def flood_answer(retry_after: int) -> bytes:
    code = HTTPStatus.TOO_MANY_REQUESTS
    return refused(
        code, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after
    ).answer


def bad_gateway(*, html: bool = False) -> Fault:
    """502, by the Bot API server itself or by the web server before it."""
    code = HTTPStatus.BAD_GATEWAY
    if not html:
        return refused(code, "Bad Gateway")
    page = b"<html><head><title>502 Bad Gateway</title></head><body></body></html>"
    return Fault(answer=response(code, page, {"Content-Type": "text/html"}))


def dropped(*, carried_out: bool) -> Fault:
    """The connection closes without an answer, after or before the method was carried out."""
    return Fault(carried_out=carried_out, closes=True)


def delayed(seconds: float) -> Fault:
    """The method is carried out at once, its answer comes later."""
    return Fault(carried_out=True, delay_s=seconds)


def garbled(*, carried_out: bool = True) -> Fault:
    """An answer with status 200 that is not JSON."""
    return Fault(carried_out=carried_out, answer=response(200, b"<!doctype html>ok"))


def truncated() -> Fault:
    """The method is carried out; of its answer only the first part comes, as if that were all."""
    return Fault(carried_out=True, truncates=True)


@dataclass(slots=True)
class Planned:
    method: str
    chat_id: int | None
    fault: Fault
    times: int


@dataclass(slots=True)
class Faults:
    """The faults to come, in order, and the chats that are told to wait."""

    per_second: int = 0
    sent_at: deque[float] = field(default_factory=deque)
    planned: list[Planned] = field(default_factory=list)
    muted_until: dict[int | None, float] = field(default_factory=dict)
    muted_since: dict[int | None, float] = field(default_factory=dict)

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        for planned in self.planned:
            fits = planned.method.lower() in ("*", method.lower())
            if fits and planned.chat_id in (None, chat_id) and planned.times > 0:
                planned.times -= 1
                return planned.fault
        return None

    def is_flood(self, now: float) -> bool:
        """Whether one more message would be too many; if not, it is counted."""
        while self.sent_at and self.sent_at[0] <= now - 1.0:
            self.sent_at.popleft()
        if self.per_second and len(self.sent_at) >= self.per_second:
            return True
        self.sent_at.append(now)
        return False

    def mute(self, chat_id: int | None, seconds: float, now: float) -> None:
        self.muted_since[chat_id] = now
        self.muted_until[chat_id] = now + seconds

    def may_be_known(self, chat_id: int | None, now: float) -> bool:
        """Whether the 429 was answered long enough ago: what was on its way then is no fault."""
        return now - self.muted_since.get(chat_id, 0.0) > ON_THE_WAY_S

    def waiting_s(self, chat_id: int | None, now: float) -> float:
        """How long the chat must still wait because of an earlier 429."""
        return max(0.0, self.muted_until.get(chat_id, 0.0) - now)


def chat_of(parameters: Mapping[str, object]) -> int | None:
    chat_id = parameters.get("chat_id")
    return chat_id if isinstance(chat_id, int) else None
