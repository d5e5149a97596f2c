package org.jelectra.text;

import java.util.List;

/**
 * Finds the id of a piece from a range of characters without making a string of it: open addressing over the characters of
 * all pieces. Pieces that begin a word and pieces that continue one ({@code ##...}, stored without the mark) are told apart
 * by the start value of the hash. Immutable.
 */
final class PieceTable {

    private static final int MULTIPLIER = 0x01000193;
    private static final int FIRST_START = 0x811C9DC5;
    private static final int CONTINUATION_START = 0x2F0B4C47;

    private final char[] characters;
    /** Piece i has the characters [offsets[i], offsets[i + 1]). */
    private final int[] offsets;

    private final boolean[] continuation;
    /** Pairs (hash, id + 1); 0 in the second place marks a free slot. */
    private final int[] slots;

    private final int slotMask;
    private final int longest;

    PieceTable(List<String> tokens) {
        offsets = new int[tokens.size() + 1];
        continuation = new boolean[tokens.size()];
        StringBuilder all = new StringBuilder();
        int longestPiece = 0;
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            continuation[id] = isContinuation(token);
            all.append(token, continuation[id] ? Vocabulary.CONTINUATION.length() : 0, token.length());
            offsets[id + 1] = all.length();
            longestPiece = Math.max(longestPiece, offsets[id + 1] - offsets[id]);
        }
        characters = new char[all.length()];
        all.getChars(0, all.length(), characters, 0);
        longest = longestPiece;
        // At most a quarter full: a miss, the usual outcome while trying lengths, then ends at the first slot.
        int capacity = Integer.highestOneBit(Math.max(4, tokens.size())) * 8;
        slots = new int[2 * capacity];
        slotMask = capacity - 1;
        for (int id = 0; id < tokens.size(); id++) {
            insert(id);
        }
    }

    static boolean isContinuation(String token) {
        return token.length() > Vocabulary.CONTINUATION.length() && token.startsWith(Vocabulary.CONTINUATION);
    }

    /** The hash of no characters, to be extended by {@link #extend}. */
    static int start(boolean isContinuation) {
        return isContinuation ? CONTINUATION_START : FIRST_START;
    }

    /** The hash of a range that is one character longer. */
    static int extend(int hash, char next) {
        return (hash ^ next) * MULTIPLIER;
    }

    /** Length of the longest piece in characters, without the continuation mark. */
    int longest() {
        return longest;
    }

    /** The id of the piece with the characters [from, to) and their hash, or -1. */
    int find(char[] text, int from, int to, int hash, boolean isContinuation) {
        for (int slot = slotOf(hash); ; slot = slot + 1 & slotMask) {
            int entry = slots[2 * slot + 1];
            if (entry == 0) {
                return -1;
            }
            if (slots[2 * slot] == hash && isPiece(entry - 1, text, from, to, isContinuation)) {
                return entry - 1;
            }
        }
    }

    /** The id of a token as it is written in a vocabulary file, or -1. */
    int find(String token) {
        boolean isContinuation = isContinuation(token);
        char[] text = (isContinuation ? token.substring(Vocabulary.CONTINUATION.length()) : token).toCharArray();
        int hash = start(isContinuation);
        for (char c : text) {
            hash = extend(hash, c);
        }
        return find(text, 0, text.length, hash, isContinuation);
    }

    private boolean isPiece(int id, char[] text, int from, int to, boolean isContinuation) {
        int offset = offsets[id];
        int length = to - from;
        if (offsets[id + 1] - offset != length || continuation[id] != isContinuation) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (characters[offset + i] != text[from + i]) {
                return false;
            }
        }
        return true;
    }

    private void insert(int id) {
        int hash = start(continuation[id]);
        for (int i = offsets[id]; i < offsets[id + 1]; i++) {
            hash = extend(hash, characters[i]);
        }
        int slot = slotOf(hash);
        while (slots[2 * slot + 1] != 0) {
            slot = slot + 1 & slotMask;
        }
        slots[2 * slot] = hash;
        slots[2 * slot + 1] = id + 1;
    }

    // The multiplication leaves the low bits poorly mixed; the shift brings the high ones down.
    private int slotOf(int hash) {
        return (hash ^ hash >>> 15) & slotMask;
    }
}
