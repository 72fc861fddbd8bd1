"""What can go wrong between an article and its digest.

NewsroomError
├── DigestTimeout(seconds)   the article took longer than its time; its worker was ended
└── DigestFailed             the worker died, or the program has a fault
"""


class NewsroomError(Exception):
    code = "newsroom"


class DigestTimeout(NewsroomError):
    code = "digest_timeout"

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def __str__(self) -> str:
        return f"no digest within {self.seconds:.0f} s"


class DigestFailed(NewsroomError):
    code = "digest_failed"
