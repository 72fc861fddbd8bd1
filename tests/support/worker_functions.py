"""What a digesting process may be made to do instead of digesting."""

import os
import signal
import time

from fetcher.models import Fetched
from fetcher.page import Page
from newsroom.worker import bounded_computing
from summarizer.errors import TextTooLong
from summarizer.models import Article, Digest


def hang(article: Article) -> Digest:
    while True:
        time.sleep(3600)


def die(article: Article) -> Digest:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def fail(article: Article) -> Digest:
    raise ZeroDivisionError("secret words of the article")


def refuse(article: Article) -> Digest:
    raise TextTooLong(7, 3)


def answer(article: Article) -> Digest:
    return Digest(article=article, method="instant")


def tell_pid(article: Article) -> Digest:
    return Digest(article=article, method=str(os.getpid()))


def compute(fetched: Fetched) -> Page:
    with bounded_computing(1):
        while True:
            pass


def name_process(fetched: Fetched) -> Page:
    return Page(Article(str(os.getpid())))
