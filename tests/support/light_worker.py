"""What a digesting process does where a digest is to cost next to nothing."""

import time

from newsroom import worker
from summarizer.models import Article, Digest, KeyPoint

DIGEST_S = 0.04


def start_worker(settings: worker.WorkerSettings) -> None:
    """End with the parent, as the real one does; load nothing."""
    worker._outlive_signals()


def digest_article(article: Article) -> Digest:
    """Each line in which somebody says something is a key point."""
    time.sleep(DIGEST_S)
    points: list[KeyPoint] = []
    start = 0
    for line in article.text.splitlines(keepends=True):
        text = line.rstrip("\r\n")
        if " said" in text:
            points.append(KeyPoint(text, start, start + len(text), len(points) + 1))
        start += len(line)
    return Digest(article=article, method="light", key_points=tuple(points))


def install() -> None:
    """Have the digester of this process hand out this instead of the real work."""
    for name, function in (("start_worker", start_worker), ("digest_article", digest_article)):
        setattr(worker, name, function)
