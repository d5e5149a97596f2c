package org.jelectra.text.shards;

import java.util.Arrays;

/**
 * Finds earlier documents that resemble a new one, in bounded memory: the latest {@link #MOST_DOCUMENTS} are remembered, at 128
 * bytes of signature and as much of tables each. Signatures are cut into {@value #BANDS} bands; documents that agree in one band
 * are compared. Two documents with similarity 0.8 agree in one with probability 0.9998; a table keeps only the latest
 * document of a place, which loses few of the pairs, as most agree in several bands.
 *
 * <p>Source: Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3 (banding of MinHash signatures).
 */
final class DuplicateIndex {

    /** 144 MiB in all. */
    static final int MOST_DOCUMENTS = 1 << 19;

    private static final int FIRST_CAPACITY = 1 << 12;
    private static final int BANDS = 16;
    private static final int ROWS = DocumentSignature.SIZE / BANDS;
    /** 52 of 64: an estimated similarity of 0.8 or more. */
    private static final int ALIKE = 52;

    private final int most;
    private int capacity;
    private short[][] signatures;
    private int[][] tables;
    private long documents;

    DuplicateIndex() {
        this(FIRST_CAPACITY, MOST_DOCUMENTS);
    }

    /** @param first capacity to begin with, doubled up to {@code most} as documents come; powers of two */
    DuplicateIndex(int first, int most) {
        this.most = most;
        resize(first);
    }

    /** Begins as if so many documents had been added and forgotten. */
    void skipTo(long forgotten) {
        if (forgotten > 0) {
            resize(most);
            documents = forgotten;
        }
    }

    /** Documents that were added. */
    long documents() {
        return documents;
    }

    /** Whether one of the remembered documents resembles this one. */
    boolean resembles(short[] signature) {
        for (int band = 0; band < BANDS; band++) {
            int entry = tables[band][slot(signature, band)];
            if (entry > 0
                    && entry - 1 >= documents - capacity
                    && isAlike(signature, signatures[entry - 1 & capacity - 1])) {
                return true;
            }
        }
        return false;
    }

    /** Remembers a document. */
    void add(short[] signature) {
        if (documents == capacity && capacity < most) {
            resize(2 * capacity);
        }
        signatures[(int) (documents & capacity - 1)] = signature;
        insert(signature, (int) documents);
        documents++;
    }

    private void resize(int newCapacity) {
        short[][] old = signatures;
        capacity = newCapacity;
        signatures = old == null ? new short[capacity][] : Arrays.copyOf(old, capacity);
        // at most half full, so that few places are needed by two documents
        tables = new int[BANDS][2 * capacity];
        for (int document = 0; document < documents; document++) {
            insert(signatures[document], document);
        }
    }

    private void insert(short[] signature, int document) {
        for (int band = 0; band < BANDS; band++) {
            tables[band][slot(signature, band)] = document + 1;
        }
    }

    private int slot(short[] signature, int band) {
        int hash = band;
        for (int i = band * ROWS; i < (band + 1) * ROWS; i++) {
            hash = DocumentSignature.mix(hash * 31 + signature[i]);
        }
        return hash & 2 * capacity - 1;
    }

    private static boolean isAlike(short[] a, short[] b) {
        int equal = 0;
        for (int i = 0; i < DocumentSignature.SIZE; i++) {
            equal += a[i] == b[i] ? 1 : 0;
        }
        return equal >= ALIKE;
    }
}
