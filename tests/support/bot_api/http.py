"""As much of HTTP/1.1 as clients of the Bot API speak: kept connections, JSON, forms, uploads."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

MAX_BODY_BYTES = 60 * 1024 * 1024


class NotHttp(Exception):
    """Bytes that are no request."""


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """Parameters as they came; `encoded` where every value is a string."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)
    encoded: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def keeps_connection(self) -> bool:
        return self.headers.get("connection", "").lower() != "close"


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection; None at its end."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.rstrip("\r\n").split("\r\n")
    try:
        _, target, _ = first.split(" ")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        length = int(headers.get("content-length", 0))
    except ValueError as exc:
        raise NotHttp(first) from exc
    if length > MAX_BODY_BYTES or "transfer-encoding" in headers:
        raise NotHttp(first)
    body = await reader.readexactly(length)
    path, _, query = target.partition("?")
    return Request(unquote(path), query, headers, body)


def response(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Content-Length: {len(body)}",
        f"Date: {formatdate(usegmt=True)}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def json_response(status: int, answer: Mapping[str, Any]) -> bytes:
    headers = {"Content-Type": "application/json"}
    parameters = answer.get("parameters", {})
    if "retry_after" in parameters:
        headers["Retry-After"] = str(parameters["retry_after"])
    return response(status, json.dumps(answer).encode(), headers)


def read_form(request: Request) -> Form:
    """The parameters of query and body; raises NotHttp."""
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    kind = Message()
    kind["content-type"] = request.headers.get("content-type", "")
    if not request.body:
        return Form(query)
    if kind.get_content_type() == "application/json":
        return Form(query | _read_json(request.body), encoded=False)
    if kind.get_content_type() == "application/x-www-form-urlencoded":
        pairs = parse_qsl(request.body.decode(), keep_blank_values=True)
        return Form(query | dict(pairs))
    boundary = kind.get_param("boundary")
    if kind.get_content_type() == "multipart/form-data" and isinstance(boundary, str):
        values, files = _read_parts(request.body, boundary.encode())
        return Form(query | values, files)
    raise NotHttp(f"content type {kind.get_content_type()}")


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except ValueError as exc:
        raise NotHttp("JSON") from exc
    if not isinstance(values, dict):
        raise NotHttp("JSON")
    return values


def _read_parts(body: bytes, boundary: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    values: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        names = dict(re.findall(r'(name|filename)="([^"]*)"', head.decode()))
        if "filename" in names:
            files[names["name"]] = Upload(names["filename"], content)
        else:
            values[names["name"]] = content.decode()
    return values, files
