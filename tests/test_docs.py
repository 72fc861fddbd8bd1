import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_test_that_is_promised_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "security.md").read_text("utf-8")))
    code = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert named
    assert named <= set(re.findall(r"^(?:async )?def (test_\w+)", code, re.M))
