package org.jelectra.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

class InputArenaTest {

    @Test
    void whatIsSetArrivesWithTheUpload() {
        try (Backend backend = CpuBackend.create(1)) {
            InputArena arena = new InputArena(backend);
            Tensor first = arena.ints("first", 3);
            Tensor second = arena.ints("second", 2);
            Tensor weights = arena.floats("weights", 1);
            arena.allocate();

            arena.set(first, new int[] {1, 2, 3}, 0);
            arena.set(second, new int[] {0, 4, 5}, 1);
            arena.set(weights, new float[] {0.5f}, 0);
            int[] read = new int[2];
            backend.download(second, read, 0);
            assertThat(read).containsOnly(0);
            arena.upload();

            backend.download(second, read, 0);
            assertThat(read).containsExactly(4, 5);
            float[] weight = new float[1];
            backend.download(weights, weight, 0);
            assertThat(weight).containsExactly(0.5f);
        }
    }

    @Test
    void aClockHasSeedStepAndPart() {
        try (Backend backend = CpuBackend.create(1)) {
            InputArena arena = new InputArena(backend);
            Tensor ids = arena.ints("ids", 2);
            Tensor clock = arena.clock();
            arena.allocate();
            arena.set(ids, new int[] {8, 9}, 0);
            arena.setClock(clock, 3L << 32 | 2, 7, 1);
            arena.upload();
            int[] read = new int[4];
            backend.download(clock, read, 0);
            assertThat(read).containsExactly(2, 3, 7, 1);
            backend.download(ids, read, 0);
            assertThat(read).containsExactly(8, 9, 7, 1);

            assertThatThrownBy(() -> arena.setClock(ids, 1, 0, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a clock must be INT32 [4], got ids[2]:INT32");
            InputArena other = new InputArena(backend);
            Tensor early = other.clock();
            assertThatThrownBy(() -> other.setClock(early, 1, 0, 0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> other.setClock(clock, 1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void tensorsOfOthersAreRejected() {
        try (Backend backend = CpuBackend.create(1)) {
            InputArena arena = new InputArena(backend);
            Tensor ids = arena.ints("ids", 2);
            Tensor weights = arena.floats("weights", 1);
            assertThatThrownBy(() -> arena.set(ids, new int[2], 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the inputs have no memory yet: allocate() gives it to them");
            assertThatThrownBy(arena::upload).isInstanceOf(IllegalStateException.class);
            arena.allocate();

            assertThatThrownBy(() -> arena.set(ids, new int[2], 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("copying ids[2]:INT32 takes 2 elements of the array from 1 on, which has 2");

            assertThatThrownBy(() -> arena.set(weights, new int[] {1}, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("expected an input of INT32 for an array of integers, got weights[1]");
            assertThatThrownBy(() -> arena.set(ids, new float[] {1}, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("expected an input of FLOAT32 for an array of numbers, got ids[2]:INT32");
            Tensor other = new InputArena(backend).ints("other", 2);
            assertThatThrownBy(() -> arena.set(other, new int[] {1, 2}, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("expected one of the inputs [ids], got other");
            assertThatThrownBy(arena::allocate)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the inputs have been allocated before");
        }
    }

    /** It would have no memory, and what is set would go to the first input. */
    @Test
    void noInputIsAddedOnceAllHaveMemory() {
        try (Backend backend = CpuBackend.create(1)) {
            InputArena arena = new InputArena(backend);
            arena.allocate();
            assertThatThrownBy(() -> arena.ints("late", 2))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("inputs must be added before the arena is allocated, got late");
            assertThatThrownBy(() -> arena.floats("late", 2)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(arena::clock).isInstanceOf(IllegalStateException.class);
        }
    }
}
