package org.jelectra.text;

import java.util.ArrayList;
import java.util.List;

/**
 * All token ids of a corpus, two bytes each where the vocabulary allows it. In chunks, because growing one array would
 * need twice the memory for a moment.
 */
final class TokenStore {

    private static final int CHUNK_BITS = 20;
    private static final int CHUNK = 1 << CHUNK_BITS;

    private final boolean narrow;
    private final List<char[]> narrowChunks = new ArrayList<>();
    private final List<int[]> wideChunks = new ArrayList<>();
    private int size;

    /** @param vocabularySize ids are below this */
    TokenStore(int vocabularySize) {
        this.narrow = vocabularySize <= 1 << 16;
    }

    int size() {
        return size;
    }

    void add(int id) {
        int at = size & CHUNK - 1;
        if (narrow) {
            if (at == 0) {
                narrowChunks.add(new char[CHUNK]);
            }
            narrowChunks.get(size >>> CHUNK_BITS)[at] = (char) id;
        } else {
            if (at == 0) {
                wideChunks.add(new int[CHUNK]);
            }
            wideChunks.get(size >>> CHUNK_BITS)[at] = id;
        }
        size = Math.incrementExact(size);
    }

    int get(int index) {
        int at = index & CHUNK - 1;
        return narrow ? narrowChunks.get(index >>> CHUNK_BITS)[at] : wideChunks.get(index >>> CHUNK_BITS)[at];
    }

    void copy(int from, int length, int[] target, int offset) {
        for (int i = 0; i < length; i++) {
            target[offset + i] = get(from + i);
        }
    }
}
