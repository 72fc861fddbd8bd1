from bot.explanation import render_explanation
from summarizer.salience import RatedSentence


def test_explanation_shows_rank_score_and_the_larger_parts_first() -> None:
    rated = (
        RatedSentence("The dam  broke.", 0, 15, 3.5, (("lead", 1.5), ("central", 2.0)), 1),
        RatedSentence("But it held.", 16, 28, -2.0, (("dangling", -2.0), ("lead", 0.01)), None),
    )
    assert render_explanation(rated) == (
        " #1   +3.50 The dam broke.\n"
        "            central +2.00 · lead +1.50\n"
        "\n"
        "      -2.00 But it held.\n"
        "            dangling -2.00"
    )


def test_nothing_to_explain_is_nothing() -> None:
    assert render_explanation(()) == ""
