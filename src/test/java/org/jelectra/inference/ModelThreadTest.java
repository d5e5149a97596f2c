package org.jelectra.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ModelThreadTest {

    private static final Path FOLDER = Path.of("model");

    private WeakReference<Backend> opened;

    private Backend open() {
        Backend backend = CpuBackend.create(1);
        opened = new WeakReference<>(backend);
        return backend;
    }

    @Test
    void aClosedModelKeepsNothing() throws Exception {
        ModelThread<Object> model = ModelThread.start(FOLDER, this::open, backend -> backend);
        assertThat(opened.get()).isNotNull();
        model.close();
        for (int i = 0; opened.get() != null && i < 100; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(opened.get()).isNull();
        assertThatThrownBy(() -> model.call(own -> own)).hasMessage("the model model is closed");
    }

    /** Interrupted or not, and whoever was the first to close it. */
    @Test
    void whenCloseReturnsTheModelIsClosed() throws IOException, InterruptedException {
        ModelThread<Object> model = ModelThread.start(FOLDER, this::open, backend -> "model");
        CountDownLatch working = new CountDownLatch(1);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> call = CompletableFuture.runAsync(() -> model.call(own -> {
            working.countDown();
            try {
                TimeUnit.MILLISECONDS.sleep(300);
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts a model's thread", e);
            }
            done.set(true);
            return null;
        }));
        working.await();
        CompletableFuture<Boolean> other = CompletableFuture.supplyAsync(() -> {
            model.close();
            return done.get();
        });
        Thread.currentThread().interrupt();
        model.close();
        assertThat(Thread.interrupted()).as("still interrupted").isTrue();
        assertThat(done).isTrue();
        assertThat(other.join()).isTrue();
        call.join();
        model.close();
    }
}
