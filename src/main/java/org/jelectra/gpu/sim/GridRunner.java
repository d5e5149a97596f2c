package org.jelectra.gpu.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Executes launches. Blocks are spread over threads where their order cannot matter: not while races are looked for, and not
 * where an atomic operation returns the old value or rounds. Of several faults that of the block which runs first is reported.
 */
final class GridRunner implements AutoCloseable {

    /** What a {@link BlockRun} can be used for again. */
    private record Fit(Program program, int warps, int sharedBytes) {}

    private final DeviceSpace space;
    private final SimulatorOptions options;
    private final Map<Fit, Deque<BlockRun>> idle = new HashMap<>();
    private ExecutorService executor;

    GridRunner(DeviceSpace space, SimulatorOptions options) {
        this.space = space;
        this.options = options;
    }

    /** Executes a launch and returns what it did. */
    KernelCounters run(PreparedLaunch launch) {
        long blocks = launch.shape().blocks();
        boolean sequential = options.races || launch.program().ordered;
        int workers = sequential ? 1 : (int) Math.min(options.threads, blocks);
        List<BlockRun> runs = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            runs.add(take(launch));
        }
        if (options.races) {
            GlobalRaces races = new GlobalRaces(launch.program().globalUnit);
            runs.get(0).begin(launch, races);
            try {
                runBlocks(runs.get(0), blocks);
            } finally {
                races.close();
            }
        } else if (workers == 1) {
            runs.get(0).begin(launch, null);
            runBlocks(runs.get(0), blocks);
        } else {
            runInParallel(launch, runs, blocks);
        }
        KernelCounters counters = KernelCounters.launch(launch.program().name);
        for (BlockRun run : runs) {
            counters = counters.plus(run.counts.counters(launch.program().name));
            give(launch, run);
        }
        return counters;
    }

    private void runBlocks(BlockRun run, long blocks) {
        for (long block = 0; block < blocks; block++) {
            run.run(options.backwards ? blocks - 1 - block : block);
        }
    }

    private void runInParallel(PreparedLaunch launch, List<BlockRun> runs, long blocks) {
        AtomicLong next = new AtomicLong();
        AtomicLong failed = new AtomicLong(Long.MAX_VALUE);
        Map<Long, RuntimeException> faults = new HashMap<>();
        List<Future<?>> futures = new ArrayList<>();
        for (BlockRun run : runs) {
            run.begin(launch, null);
            futures.add(executor().submit(() -> {
                for (long block = next.getAndIncrement(); block < blocks; block = next.getAndIncrement()) {
                    if (block > failed.get()) {
                        return;
                    }
                    try {
                        run.run(block);
                    } catch (RuntimeException e) {
                        failed.accumulateAndGet(block, Math::min);
                        synchronized (faults) {
                            faults.put(block, e);
                        }
                    }
                }
            }));
        }
        await(futures);
        if (!faults.isEmpty()) {
            throw faults.get(failed.get());
        }
    }

    private static void await(List<Future<?>> futures) {
        boolean interrupted = false;
        for (Future<?> future : futures) {
            while (!future.isDone()) {
                try {
                    future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("a thread of the simulator failed", e.getCause());
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private ExecutorService executor() {
        if (executor == null) {
            executor = Executors.newFixedThreadPool(options.threads, task -> {
                Thread thread = new Thread(task, "simulated multiprocessor");
                thread.setDaemon(true);
                return thread;
            });
        }
        return executor;
    }

    private BlockRun take(PreparedLaunch launch) {
        Deque<BlockRun> fitting = idle.get(fit(launch));
        return fitting == null || fitting.isEmpty()
                ? new BlockRun(launch.program(), launch.warps(), launch.sharedBytes(), space, options)
                : fitting.pop();
    }

    private void give(PreparedLaunch launch, BlockRun run) {
        idle.computeIfAbsent(fit(launch), f -> new ArrayDeque<>()).push(run);
    }

    private static Fit fit(PreparedLaunch launch) {
        return new Fit(launch.program(), launch.warps(), launch.sharedBytes());
    }

    /** Forgets what was kept for a program. */
    void forget(Program program) {
        idle.keySet().removeIf(fit -> fit.program() == program);
    }

    @Override
    public void close() {
        idle.clear();
        if (executor != null) {
            executor.shutdown();
        }
    }
}
