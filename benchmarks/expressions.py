"""What the closed language costs: warm, and at its worst. `python -m benchmarks.expressions`."""
import json
import resource
import time
import timeit
import tracemalloc

from engine.expressions import evaluate
from engine.expressions.lines import answer
from tests.engine import hostile

WARM = (('confirm.outcome == "close"', {"confirm": {"outcome": "close"}}),
        ('amount > 5 and grade == "重大"', {"amount": 6, "grade": "重大"}))


def main() -> None:
    for source, data in WARM:
        taken = min(timeit.repeat(lambda s=source, d=data: evaluate(s, d), number=10_000, repeat=5)) / 10_000
        print(f"warm {taken * 1e6:6.1f} µs  {source}")
    corpus = list(hostile.lines())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = sorted(((_time(line), name) for name, line, _ in corpus), reverse=True)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{len(corpus)} hostile lines; resident memory grew by {(after - before) / 1024:.1f} MB over all of them; slowest:")
    for taken, name in times[:12]:
        print(f"{taken * 1e3:8.1f} ms  {name}")
    tracemalloc.start()
    peaks = sorted(((_peak(line), name) for name, line, _ in corpus), reverse=True)
    print("hungriest:")
    for peak, name in peaks[:6]:
        print(f"{peak / 2**20:8.1f} MB  {name}")


def _time(line: bytes) -> float:
    """Processor time of the better of two, so that neighbours on the machine do not count."""
    return min(_once(line) for _ in range(2))


def _once(line: bytes) -> float:
    start = time.process_time()
    json.loads(answer(line))
    return time.process_time() - start


def _peak(line: bytes) -> int:
    tracemalloc.reset_peak()
    start = tracemalloc.get_traced_memory()[0]
    answer(line)
    return tracemalloc.get_traced_memory()[1] - start


if __name__ == "__main__":
    main()
