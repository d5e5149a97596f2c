"""How tools/gpu/pytorch-operations and tools/gpu/curand time a run, as jelectra's bench --operations does: a buffer is overwritten,
the operation runs cold, and at once again, warm."""
import statistics
from time import perf_counter

WAIT_CYCLES = 2_000_000  # about a millisecond: longer than Python needs for both runs


class CpuTimer:
    """evict() overwrites the buffer; warmup runs are not counted."""

    def __init__(self, evict, steps, warmup):
        self.evict, self.steps, self.warmup = evict, steps, warmup

    def time(self, run):
        """Microseconds of the cold runs and of the warm runs."""
        times = []
        for _ in range(self.warmup + self.steps):
            self.evict()
            marks = [perf_counter()]
            for _ in range(2):
                run()
                marks.append(perf_counter())
            times.append([1e6 * (end - begin) for begin, end in zip(marks, marks[1:])])
        return zip(*times[self.warmup :])


class CudaTimer(CpuTimer):
    """On PyTorch's stream, with events around each run; a kernel that only waits goes ahead, so launching is not measured."""

    def time(self, run):
        import torch

        times = []
        events = [torch.cuda.Event(enable_timing=True) for _ in range(4)]
        for _ in range(self.warmup + self.steps):
            self.evict()
            torch.cuda._sleep(WAIT_CYCLES)
            for begin, end in (events[:2], events[2:]):
                begin.record()
                run()
                end.record()
            events[3].synchronize()
            times.append([1e3 * events[0].elapsed_time(events[1]), 1e3 * events[2].elapsed_time(events[3])])
        return zip(*times[self.warmup :])


def percentiles(times):
    times = list(times)
    fifths = statistics.quantiles(times, n=5, method="inclusive") if len(times) > 1 else times * 4
    return {"p20": fifths[0], "p50": statistics.median(times), "p80": fifths[3]}
