"""The Bot API's description of itself, and the reading of values by it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

SCHEMA_FILE = Path(__file__).parent.parent / "bot_api_10_1.json"
ARRAY = "Array of "
_INTEGER = re.compile(r"-?\d{1,18}\Z")

# Lengths that count after parsing, or for which the server has its own words.
_CHECKED_ELSEWHERE = {"text", "caption", "message_text", "callback_data", "command", "description"}


class WrongValue(Exception):
    """A value that the description does not allow; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Method:
    name: str
    fields: Mapping[str, Any]
    returns: Sequence[str]


@dataclass(slots=True)
class Reading:
    """What was noticed while values were read: the paths of fields that nobody knows."""

    unknown: list[str] = field(default_factory=list)


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text("utf-8"))
    return schema


@cache
def _methods() -> dict[str, Method]:
    return {
        name.lower(): Method(name, spec["fields"], spec["returns"])
        for name, spec in _schema()["methods"].items()
    }


def find_method(name: str) -> Method | None:
    """The method of a name in any case, as the server takes it."""
    return _methods().get(name.lower())


def update_types() -> tuple[str, ...]:
    return tuple(name for name in _schema()["types"]["Update"]["fields"] if name != "update_id")


def read_parameters(
    method: Method, raw: Mapping[str, Any], *, encoded: bool, files: Sequence[str]
) -> tuple[dict[str, Any], list[str]]:
    """The typed parameters and the names of unknown ones; raises WrongValue.

    `encoded` values are strings, as in forms; `files` are the names of uploaded parts.
    """
    reading = Reading()
    values: dict[str, Any] = {}
    for name, given in {**raw, **{name: f"attach://{name}" for name in files}}.items():
        spec = method.fields.get(name)
        if spec is None:
            if name not in files:  # an attachment that another parameter names
                reading.unknown.append(name)
            continue
        value = _decode(spec["t"], given, name) if encoded and isinstance(given, str) else given
        check_value(spec, value, name, reading)
        values[name] = value
    for name, spec in method.fields.items():
        if spec["r"] and name not in values and name not in ("chat_id", "text"):
            raise WrongValue(f'parameter "{name}" is required')
    return values, reading.unknown


def unknown_fields(type_name: str, value: object) -> list[str]:
    """What in an answer of ours is not in the description; raises WrongValue for wrong types."""
    reading = Reading()
    check_value({"t": [type_name]}, value, type_name, reading)
    return reading.unknown


def check_value(spec: Mapping[str, Any], value: Any, path: str, reading: Reading) -> None:
    """Raise WrongValue unless one of the allowed types fits; unknown fields are noted."""
    failures: list[str] = []
    best: list[str] | None = None
    for type_name in spec["t"]:
        attempt = Reading()
        try:
            _check_type(type_name, value, path, attempt)
        except WrongValue as exc:
            failures.append(str(exc))
            continue
        if best is None or len(attempt.unknown) < len(best):
            best = attempt.unknown
    if best is None:
        raise WrongValue(failures[0] if len(failures) == 1 else f"{path} must be {spec['t']}")
    reading.unknown.extend(best)
    if "c" in spec and value != spec["c"]:
        raise WrongValue(f"{path} must be {spec['c']!r}")
    _check_length(spec, value, path)


def _check_type(type_name: str, value: Any, path: str, reading: Reading) -> None:
    if type_name.startswith(ARRAY):
        if not isinstance(value, list):
            raise WrongValue(f"{path} must be an array")
        for index, item in enumerate(value):
            check_value({"t": [type_name.removeprefix(ARRAY)]}, item, f"{path}[{index}]", reading)
        return
    check = _PLAIN.get(type_name)
    if check is not None:
        if not check(value):
            raise WrongValue(f"{path} must be of type {type_name}")
        return
    spec = _schema()["types"][type_name]
    if "subtypes" in spec:
        check_value({"t": spec["subtypes"]}, value, path, reading)
    else:
        _check_object(spec["fields"], value, path, reading)


def _check_object(fields: Mapping[str, Any], value: Any, path: str, reading: Reading) -> None:
    if not isinstance(value, dict):
        raise WrongValue(f"{path} must be an object")
    for name, spec in fields.items():
        if name in value:
            check_value(spec, value[name], f"{path}.{name}", reading)
        elif spec["r"]:
            raise WrongValue(f"{path}.{name} is required")
    reading.unknown.extend(f"{path}.{name}" for name in value if name not in fields)


def _check_length(spec: Mapping[str, Any], value: Any, path: str) -> None:
    if "len" not in spec or path.rpartition(".")[2] in _CHECKED_ELSEWHERE:
        return
    least, most, unit = spec["len"]
    length = len(value.encode()) if unit == "bytes" else len(value)
    if not least <= length <= most:
        raise WrongValue(f"{path} must have {least} to {most} {unit}")


def _decode(types: Sequence[str], given: str, name: str) -> Any:
    """A form's string as the JSON value that it stands for."""
    if "Integer" in types and _INTEGER.match(given):
        return int(given)
    if "String" in types:
        return given
    if types == ["InputFile"]:
        return given
    try:
        return json.loads(given)
    except ValueError as exc:
        raise WrongValue(f"can't parse {name} as JSON") from exc


_PLAIN = {
    "String": lambda value: isinstance(value, str),
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "Boolean": lambda value: isinstance(value, bool),
    "InputFile": lambda value: isinstance(value, str) and value.startswith("attach://"),
}
