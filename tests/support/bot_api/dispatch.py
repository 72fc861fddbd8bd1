"""From a request to its answer: token, method, parameters, faults, result."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from bot.local_checks import RequestRefused, bad_request
from support.bot_api.faults import Faults, chat_of, flood, flood_answer
from support.bot_api.http import Form, NotHttp, Request, json_response, read_form, response
from support.bot_api.journal import SENDING, Call
from support.bot_api.schema import Method, WrongValue, find_method, read_parameters
from support.bot_api.sending import SENDING_METHODS, Handler
from support.bot_api.settings import SETTINGS_METHODS
from support.bot_api.state import State

METHODS: Mapping[str, Handler] = {**SENDING_METHODS, **SETTINGS_METHODS}


class Dispatcher:
    """Answers requests in the server's event loop; `tell_change` wakes those who wait."""

    def __init__(
        self,
        state: State,
        faults: Faults,
        token: str,
        tell_change: Callable[[], Awaitable[None]],
    ) -> None:
        self._state = state
        self._faults = faults
        self._token = token
        self._tell_change = tell_change

    async def answer(self, request: Request) -> bytes | None:
        """The bytes of the answer; None where the connection is to be closed instead."""
        parts = request.path.strip("/").split("/")
        if parts[0] == "file" and len(parts) == 4 and parts[1] == f"bot{self._token}":
            return self._download(parts[3])
        if len(parts) != 2 or not parts[0].startswith("bot"):
            return _refusal(RequestRefused(HTTPStatus.NOT_FOUND, "Not Found"))
        if parts[0] != f"bot{self._token}":
            return _refusal(RequestRefused(HTTPStatus.UNAUTHORIZED, "Unauthorized"))
        method = find_method(parts[1])
        if method is None:
            self._state.journal.violations.append(f"unknown method {parts[1]}")
            return _refusal(RequestRefused(HTTPStatus.NOT_FOUND, "Not Found: method not found"))
        return await self._call(method, request)

    async def _call(self, method: Method, request: Request) -> bytes | None:
        started_at = time.monotonic()
        parameters: dict[str, Any] = {}
        status, description, answer = 0, "", None
        try:
            form = read_form(request)
            parameters = self._read_parameters(method, form)
            answer = await self._carry_out(method, parameters, form)
        except NotHttp as exc:
            answer = _refusal(bad_request(f"can't parse {exc}"))
        except RequestRefused as exc:
            answer = _refusal(exc)
        finally:
            if answer is not None:
                status, description = _read_status(answer)
            call = Call(method.name, parameters, status, description, started_at, time.monotonic())
            self._state.journal.calls.append(call)
        return answer

    def _read_parameters(self, method: Method, form: Form) -> dict[str, Any]:
        try:
            values, unknown = read_parameters(
                method, form.values, encoded=form.encoded, files=tuple(form.files)
            )
        except WrongValue as exc:
            self._state.journal.violations.append(f"{method.name}: {exc}")
            raise bad_request(str(exc)) from exc
        self._state.journal.violations.extend(
            f"{method.name}: unknown parameter {name}" for name in unknown
        )
        return values

    async def _carry_out(
        self, method: Method, parameters: Mapping[str, Any], form: Form
    ) -> bytes | None:
        chat_id = chat_of(parameters)
        self._refuse_early_retry(method, chat_id)
        fault = self._faults.take(method.name, chat_id)
        if method.name in SENDING and self._faults.is_flood(time.monotonic()):
            fault = flood(1)
        if fault is None:
            return await self._result(method, parameters, form)
        if fault.retry_after:
            self._faults.mute(chat_id, fault.retry_after, time.monotonic())
        if not fault.carried_out:
            return None if fault.closes else fault.answer
        answer = await self._result(method, parameters, form)
        await self._tell_change()
        await asyncio.sleep(fault.delay_s)
        if fault.truncates:
            answer = response(HTTPStatus.OK, answer.partition(b"\r\n\r\n")[2][:-2])
        return None if fault.closes else fault.answer or answer

    def _refuse_early_retry(self, method: Method, chat_id: int | None) -> None:
        now = time.monotonic()
        waiting_s = self._faults.waiting_s(chat_id, now)
        if chat_id is not None and waiting_s > 0:
            # An action is no answer, so one may be on its way beside the message.
            if method.name != "sendChatAction" or self._faults.may_be_known(chat_id, now):
                self._state.journal.violations.append(
                    f"{method.name} to chat {chat_id} {waiting_s:.1f} s before its 429 is over"
                )
            seconds = int(waiting_s) + 1
            raise RequestRefused(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"Too Many Requests: retry after {seconds}",
                retry_after=seconds,
            )

    async def _result(self, method: Method, parameters: Mapping[str, Any], form: Form) -> bytes:
        if method.name == "getUpdates":
            result = await self._get_updates(parameters)
        elif method.name in METHODS:
            result = METHODS[method.name](self._state, parameters, form.files)
            for type_name in method.returns[:1]:
                self._state.check_answer(type_name, result)
        elif method.returns[0] == "Boolean":
            result = True
        else:
            self._state.journal.violations.append(f"{method.name} is not part of this fake")
            raise bad_request("not part of this fake")
        return json_response(HTTPStatus.OK, {"ok": True, "result": result})

    async def _get_updates(self, parameters: Mapping[str, Any]) -> Any:
        if self._state.webhook_url:
            raise RequestRefused(
                HTTPStatus.CONFLICT,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        return await self._state.updates.fetch(
            offset=parameters.get("offset", 0),
            limit=parameters.get("limit", 100),
            timeout_s=parameters.get("timeout", 0),
            allowed=parameters.get("allowed_updates"),
        )

    def _download(self, file_id: str) -> bytes:
        upload = self._state.files.get(file_id)
        if upload is None:
            return _refusal(RequestRefused(HTTPStatus.NOT_FOUND, "Not Found"))
        return response(HTTPStatus.OK, upload.content)


def _refusal(refused: RequestRefused) -> bytes:
    if refused.code == HTTPStatus.TOO_MANY_REQUESTS:
        return flood_answer(refused.parameters["retry_after"])
    answer: dict[str, Any] = {
        "ok": False,
        "error_code": refused.code,
        "description": refused.description,
    }
    if refused.parameters:
        answer["parameters"] = refused.parameters
    return json_response(refused.code, answer)


def _read_status(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split(b" ")[1])
    if status == HTTPStatus.OK:
        return status, ""
    try:
        return status, str(json.loads(body).get("description", ""))
    except ValueError:
        return status, ""
