package org.jelectra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("every-jdk")
class WorkersTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void everyTaskRunsOnce(int count) {
        try (Workers workers = new Workers(count)) {
            for (int tasks : new int[] {0, 1, 2, 7, 1000}) {
                for (int round = 0; round < 20; round++) {
                    AtomicIntegerArray runs = new AtomicIntegerArray(Math.max(1, tasks));
                    AtomicIntegerArray wrongWorkers = new AtomicIntegerArray(1);
                    workers.run(tasks, (task, worker) -> {
                        runs.incrementAndGet(task);
                        if (worker < 0 || worker >= count) {
                            wrongWorkers.incrementAndGet(0);
                        }
                    });
                    for (int i = 0; i < tasks; i++) {
                        assertThat(runs.get(i)).isEqualTo(1);
                    }
                    assertThat(wrongWorkers.get(0)).isZero();
                }
            }
        }
    }

    @Test
    void everyElementHasATask() {
        assertThat(Workers.tasks(0, 4)).isZero();
        assertThat(Workers.tasks(4, 4)).isEqualTo(1);
        assertThat(Workers.tasks(5, 4)).isEqualTo(2);
        assertThat(Workers.tasks(Integer.MAX_VALUE, 16384)).isEqualTo(131072);
    }

    @Test
    void workersWakeAfterParking() throws InterruptedException {
        try (Workers workers = new Workers(2)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(10);
            workers.run(10, (task, worker) -> runs.incrementAndGet(task));
            Thread.sleep(50);
            workers.run(10, (task, worker) -> runs.incrementAndGet(task));
            for (int i = 0; i < 10; i++) {
                assertThat(runs.get(i)).isEqualTo(2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aFailureSurfacesAndTheTeamGoesOn(int count) {
        try (Workers workers = new Workers(count)) {
            assertThatThrownBy(() -> workers.run(100, (task, worker) -> {
                        if (task >= 57) {
                            throw new IllegalArgumentException("task " + task);
                        }
                    }))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("task 57");
            AtomicIntegerArray runs = new AtomicIntegerArray(100);
            workers.run(100, (task, worker) -> runs.incrementAndGet(task));
            for (int i = 0; i < 100; i++) {
                assertThat(runs.get(i)).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,2", "2,1", "2,2"})
    void aSecondCallerIsRefusedAndTheFirstGoesOn(int count, int tasks) throws Exception {
        try (Workers workers = new Workers(count)) {
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch refused = new CountDownLatch(1);
            AtomicInteger runs = new AtomicInteger();
            FutureTask<Void> first = start(() -> workers.run(tasks, (task, worker) -> {
                running.countDown();
                await(refused);
                runs.incrementAndGet();
            }));
            await(running);
            FutureTask<Void> second = start(() -> workers.run(tasks, (task, worker) -> runs.addAndGet(100)));
            assertThatThrownBy(() -> second.get(1, TimeUnit.MINUTES))
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("one thread at a time");
            refused.countDown();
            first.get(1, TimeUnit.MINUTES);
            assertThat(runs).hasValue(tasks);
            workers.run(tasks, (task, worker) -> runs.incrementAndGet());
            assertThat(runs).hasValue(2 * tasks);
        }
    }

    /** In a thread that keeps no virtual machine alive: callers that are not refused wait for each other forever. */
    private static FutureTask<Void> start(Runnable run) {
        FutureTask<Void> task = new FutureTask<>(run, null);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void closedWorkersRefuse() {
        Workers workers = new Workers(2);
        workers.close();
        assertThatThrownBy(() -> workers.run(1, (task, worker) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> new Workers(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0");
    }
}
