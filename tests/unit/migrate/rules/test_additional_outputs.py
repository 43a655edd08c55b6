import pytest

from tests.unit.migrate.checking import check, one, rules

HEAD = "from fastrtc import AdditionalOutputs, Stream\n"
STREAM = 'Stream(f, modality="audio", additional_outputs=[a, b], additional_outputs_handler={})'


def told(program: str, rule: str) -> list[int]:
    return [line for line, name, _ in rules(f"{HEAD}{program}\n") if name == rule]


@pytest.mark.parametrize(
    "handler",
    [
        "lambda prev, x, cur, y: prev + cur",
        "lambda prev, x, cur, y: (cur, x)",
        "lambda *values: values",
        "lambda *values: values[1]",
        "unknown",
    ],
)
def test_a_handler_that_uses_current_values_is_told(handler: str) -> None:
    assert told(STREAM.format(handler), "current-inputs") == [2]


@pytest.mark.parametrize("handler", ["lambda prev, x, cur, y: (cur, y)", "lambda *a: (a[2], a[3])"])
def test_one_that_passes_the_new_values_on_is_not(handler: str) -> None:
    assert told(STREAM.format(handler), "current-inputs") == []


def test_a_listener_is_told_by_its_inputs() -> None:
    page = "def add(old, new):\n    old.append(new)\n    return old\n"
    listener = f"{page}w.on_additional_outputs(add, outputs=[chat]"
    assert told(f"{listener}, inputs=[chat])", "current-inputs") == [5]
    assert told(f"{listener})", "current-inputs") == []
    assert (
        told(f"{page}w.on_additional_outputs(lambda o, n: n, chat, chat)", "current-inputs") == []
    )


def test_the_words_say_what_doubles() -> None:
    text = one(f"{HEAD}w.on_additional_outputs(lambda p, c: p + c, [a], [a])\n", "current-inputs")
    assert "prev + cur" in text


@pytest.mark.parametrize(
    "change",
    [
        "history.append(1)",
        "history[0] = 1",
        "del history[0]",
        "history[0] += 1",
        "if x:\n        history.extend(y)",
    ],
)
def test_a_value_that_changes_after_it_was_given_is_told(change: str) -> None:
    program = f"def f(audio):\n    yield AdditionalOutputs(history)\n    {change}\n"
    assert len(told(program, "output-order")) == 1
    assert "in line 3" in one(HEAD + program, "output-order")


@pytest.mark.parametrize(
    "program",
    [
        "def f():\n    history.append(1)\n    yield AdditionalOutputs(history)\n",
        "def f():\n    yield AdditionalOutputs(history)\n    history.append(1)\n"
        "    yield AdditionalOutputs(history)\n",
        "def f():\n    yield AdditionalOutputs(history)\n    history = []\n",
        "def f():\n    yield AdditionalOutputs(list(history))\n    history.append(1)\n",
        "def f():\n    yield x, AdditionalOutputs(data)\n    def g():\n        data.clear()\n",
    ],
)
def test_other_changes_are_not(program: str) -> None:
    assert check(HEAD + program).findings[0].rule == "import"
    assert told(program, "output-order") == []
