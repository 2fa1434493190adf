"""Run alone in a process: evaluates the hostile corpus under Python's audit hook and prints what else was touched."""
import sys

from engine.expressions.lines import answer
from tests.engine import hostile

ANSWERS = ("1 + 1", "today()", "now()", "workdays(2)", "f'{1}'", "nobody", "1 +", "date('x')", "等级")


def main() -> None:
    corpus = [line for _, line, _ in hostile.lines()]
    for source in ANSWERS:
        answer(f'{{"kind":"expr","source":"{source}"}}')
    touched: set[str] = set()
    sys.addaudithook(lambda event, args: touched.add(f"{event} {args[0]}" if event == "open" else event))
    for line in corpus:
        answer(line)
    print(",".join(sorted(touched)))


if __name__ == "__main__":
    main()
