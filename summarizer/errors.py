"""What can be wrong with an article or with the installation.

SummarizerError
├── InputError            the person who sent the text can mend it
│   ├── EmptyText
│   ├── TextTooLong
│   └── UnsupportedMethod
├── ModelMissing          the named spaCy model is not installed
└── GazetteerMissing      the place list was not built, or is of another version

Every class has a stable `code`; the wording for people is in `bot/texts.py`. The errors cross
process boundaries, so what `__init__` takes is what it hands to `Exception`.
"""


class SummarizerError(Exception):
    code = "summarizer"


class InputError(SummarizerError):
    code = "input"


class EmptyText(InputError):
    """The text holds no letter or digit."""

    code = "empty_text"


class TextTooLong(InputError):
    code = "text_too_long"

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(length, limit)
        self.length = length
        self.limit = limit

    def __str__(self) -> str:
        return f"{self.length} characters, at most {self.limit}"


class UnsupportedMethod(InputError):
    code = "unsupported_method"

    def __init__(self, method: str, known: tuple[str, ...]) -> None:
        super().__init__(method, known)
        self.method = method
        self.known = known

    def __str__(self) -> str:
        return f"{self.method!r}, known: {', '.join(self.known)}"


class ModelMissing(SummarizerError):
    code = "model_missing"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class GazetteerMissing(SummarizerError):
    code = "gazetteer_missing"

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path
