package org.jelectra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
