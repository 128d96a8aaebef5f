"""Questions that lead to themselves."""

from __future__ import annotations

from analyzer.mlfront.answers import Answers, Asking


def follow(answers: Answers[tuple[str, ...]], graph: dict[str, str], at: str) -> tuple[str, ...]:
    """The nodes that can be reached from one."""
    return answers.ask(
        at, lambda: (at, *(follow(answers, graph, n) if (n := graph.get(at)) else ()))
    )


def test_a_question_is_answered_once() -> None:
    answers: Answers[int] = Answers(Asking(), 0)
    asked: list[int] = []
    assert [answers.ask("q", lambda: asked.append(1) or 5) for _ in range(3)] == [5, 5, 5]  # type: ignore[func-returns-value]
    assert asked == [1]


def test_a_circle_ends_with_the_unknown_whoever_asks_first() -> None:
    graph = {"a": "b", "b": "a"}
    answers: Answers[tuple[str, ...]] = Answers(Asking(), ())
    assert [follow(answers, graph, at) for at in ("a", "b", "a")] == [
        ("a", "b"),
        ("b", "a"),
        ("a", "b"),
    ]


def test_what_no_circle_touches_is_kept() -> None:
    graph = {"a": "b", "b": "c"}
    answers: Answers[tuple[str, ...]] = Answers(Asking(), ())
    follow(answers, graph, "a")
    graph["c"] = "d"
    assert follow(answers, graph, "b") == ("b", "c")


def test_too_deep_a_question_is_unknown() -> None:
    graph = {str(n): str(n + 1) for n in range(5000)}
    answers: Answers[tuple[str, ...]] = Answers(Asking(), ())
    assert len(follow(answers, graph, "0")) < 100
