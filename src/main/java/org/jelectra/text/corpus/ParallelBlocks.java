package org.jelectra.text.corpus;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Works on blocks of documents on several threads and takes the results in reading order. Bounded: the reader waits when it is
 * a few blocks ahead, so the text in memory does not grow with the corpus. The blocks depend on the corpus alone.
 */
public final class ParallelBlocks {

    /** Enough work per block that handing it over costs nothing: about 10 ms. */
    private static final int BLOCK_CHARACTERS = 1 << 18;

    private static final int BLOCKS_AHEAD_PER_THREAD = 3;
    /** A block takes up to 5 MB with its ids; machines with many processors get fewer blocks each. */
    private static final int MOST_BLOCKS_AHEAD = 48;

    /** Takes the results, on the calling thread. */
    @FunctionalInterface
    public interface Consumer<R> {
        /**
         * Takes one result.
         *
         * @param result what was made of the block
         * @param end where the block ends
         */
        void accept(R result, BlockEnd end) throws IOException;
    }

    /**
     * Where a block ends.
     *
     * @param position where reading can go on after it, null where it cannot
     * @param bytesRead bytes of the files up to here, as they are stored
     * @param textBytes bytes of text, after unpacking, that this reader has read up to here
     * @param replaced malformed bytes that this reader has replaced up to here
     */
    public record BlockEnd(CorpusPosition position, long bytesRead, long textBytes, Replacements replaced) {}

    private record Pending<R>(Future<R> result, BlockEnd end) {}

    private ParallelBlocks() {}

    /**
     * Reads all documents from where the reader stands.
     *
     * @param threads number of threads that work, at least 1
     * @param work makes something of a block; called by several threads at a time
     * @throws IOException if reading fails or {@code consumer} does
     */
    public static <R> void run(
            DocumentReader reader, int threads, Function<List<Document>, R> work, Consumer<R> consumer)
            throws IOException {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, got " + threads);
        }
        ExecutorService executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "jelectra-text");
            thread.setDaemon(true);
            return thread;
        });
        int most = Math.max(threads, Math.min(MOST_BLOCKS_AHEAD, threads * BLOCKS_AHEAD_PER_THREAD));
        ArrayDeque<Pending<R>> ahead = new ArrayDeque<>();
        try {
            List<Document> documents = readBlock(reader);
            while (!documents.isEmpty()) {
                List<Document> block = documents;
                ahead.add(new Pending<>(
                        executor.submit(() -> work.apply(block)),
                        new BlockEnd(reader.position(), reader.bytesRead(), reader.textBytes(), reader.replaced())));
                while (ahead.size() > most
                        || !ahead.isEmpty() && ahead.peek().result().isDone()) {
                    take(ahead.remove(), consumer);
                }
                documents = readBlock(reader);
            }
            while (!ahead.isEmpty()) {
                take(ahead.remove(), consumer);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static List<Document> readBlock(DocumentReader reader) throws IOException {
        List<Document> documents = new ArrayList<>();
        int characters = 0;
        while (characters < BLOCK_CHARACTERS) {
            Document document = reader.next();
            if (document == null) {
                break;
            }
            documents.add(document);
            // an empty document is work too
            characters++;
            for (String line : document.lines()) {
                characters += line.length();
            }
        }
        return documents;
    }

    private static <R> void take(Pending<R> pending, Consumer<R> consumer) throws IOException {
        consumer.accept(await(pending.result()), pending.end());
    }

    private static <R> R await(Future<R> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while reading text").initCause(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("working on the text failed: " + e.getCause(), e.getCause());
        }
    }
}
