package org.jelectra.gpu.sim.ptx;

import java.util.Arrays;

/** PTX source without comments, and a position in it. */
final class SourceText {

    private final String text;
    private final int[] lineStarts;
    private int position;

    SourceText(String source) {
        this.text = blankComments(source);
        this.lineStarts = lineStarts(text);
    }

    private SourceText(SourceText other) {
        this.text = other.text;
        this.lineStarts = other.lineStarts;
        this.position = other.position;
    }

    /** The same text with a position of its own, for now the same. */
    SourceText copy() {
        return new SourceText(this);
    }

    private static String blankComments(String source) {
        char[] result = source.toCharArray();
        int i = 0;
        while (i < result.length) {
            boolean toLineEnd = source.startsWith("//", i);
            if (!toLineEnd && !source.startsWith("/*", i)) {
                i++;
                continue;
            }
            int end = toLineEnd ? source.indexOf('\n', i) : source.indexOf("*/", i + 2) + 2;
            if (!toLineEnd && end < i + 2) {
                int line =
                        1 + (int) source.chars().limit(i).filter(c -> c == '\n').count();
                throw new PtxSyntaxException(line, "the comment that begins here has no end");
            }
            end = end < 0 ? result.length : end;
            for (; i < end; i++) {
                result[i] = result[i] == '\n' ? '\n' : ' ';
            }
        }
        return new String(result);
    }

    private static int[] lineStarts(String text) {
        int[] starts = new int[(int) text.chars().filter(c -> c == '\n').count() + 1];
        int line = 1;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\n') {
                starts[line++] = i + 1;
            }
        }
        return starts;
    }

    /** Line of the current position, from 1. */
    int line() {
        int found = Arrays.binarySearch(lineStarts, position);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /** Moves behind white space; false at the end. */
    boolean skipSpace() {
        while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
            position++;
        }
        return position < text.length();
    }

    char peek() {
        return text.charAt(position);
    }

    void advance() {
        position++;
    }

    boolean startsWith(String prefix) {
        return text.startsWith(prefix, position);
    }

    /** Takes a label and its colon if there is one here, else null. */
    String takeLabel() {
        int i = position;
        while (i < text.length() && isNameCharacter(text.charAt(i))) {
            i++;
        }
        int end = i;
        while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
            i++;
        }
        if (end == position || i == text.length() || text.charAt(i) != ':') {
            return null;
        }
        String label = text.substring(position, end);
        position = i + 1;
        return label;
    }

    static boolean isNameCharacter(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '%';
    }

    /** Takes everything before the first of these characters that is there, and stays at that character. */
    String takeUntil(String stops) {
        int start = position;
        while (position < text.length() && stops.indexOf(text.charAt(position)) < 0) {
            position++;
        }
        return text.substring(start, position).replaceAll("\\s+", " ").strip();
    }

    /** Moves behind the closing brace of the opening one that is here. */
    void skipBraces() {
        int line = line();
        int depth = 0;
        do {
            char c = text.charAt(position++);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        } while (depth > 0 && position < text.length());
        if (depth > 0) {
            throw new PtxSyntaxException(line, "the brace that opens here is not closed");
        }
    }
}
