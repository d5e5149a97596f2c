package org.jelectra.cli.predict;

/** Decides when texts that wait to be computed together are enough: so many, or so many characters. */
final class HeldTexts {

    /** A line may have 16 MiB; a thousand of these would not fit. */
    private static final int MAX_CHARACTERS = 1 << 22;

    private final int limit;
    private int count;
    private long characters;

    HeldTexts(int limit) {
        this.limit = limit;
    }

    /** One more; true where those that wait should be computed now. */
    boolean add(String text) {
        count++;
        characters += text.length();
        return count >= limit || characters >= MAX_CHARACTERS;
    }

    void clear() {
        count = 0;
        characters = 0;
    }
}
