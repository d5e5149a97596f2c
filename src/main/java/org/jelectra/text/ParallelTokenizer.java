package org.jelectra.text;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Tokenises blocks of documents on several threads and takes the results in reading order. Bounded: the reader waits when
 * it is a few blocks ahead, so the text in memory does not grow with the corpus.
 */
final class ParallelTokenizer {

    /** Enough work per block that handing it over costs nothing: about 10 ms. */
    private static final int BLOCK_CHARACTERS = 1 << 18;

    private static final int BLOCKS_AHEAD_PER_THREAD = 3;

    /** The ids of a block of documents, with the number of tokens in each line. */
    private record Block(List<Document> documents, IntList ids, IntList lineLengths) {}

    private ParallelTokenizer() {}

    static void run(Corpus corpus, Vocabulary vocabulary, WordPieceOptions options, int threads, TokenizedCorpus target)
            throws IOException {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, got " + threads);
        }
        ExecutorService executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "jelectra-tokenizer");
            thread.setDaemon(true);
            return thread;
        });
        ArrayDeque<Future<Block>> ahead = new ArrayDeque<>();
        try (DocumentReader reader = corpus.documents()) {
            List<Document> documents = readBlock(reader);
            while (!documents.isEmpty()) {
                List<Document> block = documents;
                ahead.add(executor.submit(() -> tokenize(block, new WordPiece(vocabulary, options))));
                if (ahead.size() > threads * BLOCKS_AHEAD_PER_THREAD) {
                    append(ahead.remove(), target);
                }
                documents = readBlock(reader);
            }
            while (!ahead.isEmpty()) {
                append(ahead.remove(), target);
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
            for (String line : document.lines()) {
                characters += line.length();
            }
        }
        return documents;
    }

    private static Block tokenize(List<Document> documents, WordPiece wordPiece) {
        IntList ids = new IntList();
        IntList lineLengths = new IntList();
        for (Document document : documents) {
            for (String line : document.lines()) {
                int before = ids.size();
                wordPiece.encode(line, ids);
                lineLengths.add(ids.size() - before);
            }
        }
        return new Block(documents, ids, lineLengths);
    }

    private static void append(Future<Block> future, TokenizedCorpus target) throws IOException {
        Block block = await(future);
        int token = 0;
        int line = 0;
        for (Document document : block.documents()) {
            for (int i = 0; i < document.lines().size(); i++) {
                int length = block.lineLengths().get(line++);
                if (length > Integer.MAX_VALUE - target.size()) {
                    throw new IOException(document.source() + ": the corpus reaches 2^31 tokens here; train on parts");
                }
                for (int end = token + length; token < end; token++) {
                    target.addToken(block.ids().get(token));
                }
                if (length > 0) {
                    target.endLine();
                }
            }
            target.endStretch(document.index());
        }
    }

    private static Block await(Future<Block> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while tokenising").initCause(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("tokenising failed", e.getCause());
        }
    }
}
