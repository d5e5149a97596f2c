package org.jelectra.text;

import java.text.Normalizer;

/**
 * A text's pieces and where each lies in the text, so that a span of pieces is a span of the original characters.
 *
 * @param text the original
 * @param ids pieces, as {@link WordPiece#encode(String)} gives them
 * @param starts index of each piece's first character (UTF-16)
 * @param ends index after each piece's last character, with the marks that follow it and are stripped; other characters that
 *     normalisation deletes belong to no piece, or to the one around them
 */
public record AlignedText(String text, int[] ids, int[] starts, int[] ends) {

    /** Encodes a text. */
    public static AlignedText of(String text, WordPiece wordPiece) {
        return new Aligner(text, wordPiece).align();
    }

    /** Number of pieces. */
    public int size() {
        return ids.length;
    }

    /** The original characters of the pieces {@code first} to {@code last}, both included. */
    public String span(int first, int last) {
        return text.substring(starts[first], ends[last]);
    }

    /**
     * Follows the rules by which {@link WordPiece} divides text into words, character by character, and gives each word the
     * pieces whose spellings fill it. A piece's spelling has as many characters as it stands for after normalisation.
     */
    private static final class Aligner {
        private final String text;
        private final WordPiece wordPiece;
        private final WordPieceOptions options;
        private final IntList ids = new IntList();
        private final IntList starts = new IntList();
        private final IntList ends = new IntList();
        private final StringBuilder normal = new StringBuilder();
        /** Of each normalised character of the word: where the character that it comes from begins and ends. */
        private final IntList from = new IntList();

        private final IntList to = new IntList();
        private int[] pieces;
        private int next;

        Aligner(String text, WordPiece wordPiece) {
            this.text = text;
            this.wordPiece = wordPiece;
            options = wordPiece.options();
        }

        AlignedText align() {
            pieces = wordPiece.encode(text);
            int codePoint;
            for (int i = 0; i < text.length(); i += Character.charCount(codePoint)) {
                codePoint = text.codePointAt(i);
                if (CharacterClasses.isSpace(codePoint) || CharacterClasses.isSeparator(codePoint)) {
                    endWord();
                } else if (CharacterClasses.isIdeograph(codePoint)) {
                    endWord();
                    if (!CharacterClasses.isDeleted(codePoint)) {
                        append(codePoint, i);
                        endWord();
                    }
                } else if (!CharacterClasses.isDeleted(codePoint)) {
                    append(codePoint, i);
                }
            }
            endWord();
            if (next != pieces.length) {
                throw new IllegalStateException("the pieces of a text do not fit its words: " + text);
            }
            return new AlignedText(text, ids.toArray(), starts.toArray(), ends.toArray());
        }

        private void append(int original, int at) {
            normal.setLength(0);
            if (options.lowerCase()) {
                LowerCase.append(Character.toString(original), normal);
            } else {
                normal.appendCodePoint(original);
            }
            String characters =
                    options.stripAccents() ? Normalizer.normalize(normal, Normalizer.Form.NFD) : normal.toString();
            int end = at + Character.charCount(original);
            int codePoint;
            for (int i = 0; i < characters.length(); i += Character.charCount(codePoint)) {
                codePoint = characters.codePointAt(i);
                if (options.stripAccents() && Character.getType(codePoint) == Character.NON_SPACING_MARK) {
                    if (to.size() > 0) {
                        to.set(to.size() - 1, end);
                    }
                    continue;
                }
                boolean punctuation = CharacterClasses.isPunctuation(codePoint);
                if (punctuation) {
                    endWord();
                }
                for (int unit = 0; unit < Character.charCount(codePoint); unit++) {
                    from.add(at);
                    to.add(end);
                }
                if (punctuation) {
                    endWord();
                }
            }
        }

        private void endWord() {
            int length = from.size();
            int at = 0;
            while (at < length) {
                if (next == pieces.length) {
                    throw new IllegalStateException("the pieces of a text do not fill its words: " + text);
                }
                int id = pieces[next++];
                int end = length;
                if (id != wordPiece.vocabulary().unknownId()) {
                    String token = wordPiece.vocabulary().token(id);
                    end = at + token.length() - (at > 0 ? Vocabulary.CONTINUATION.length() : 0);
                }
                if (end > length) {
                    throw new IllegalStateException("the pieces of a text do not fit its words: " + text);
                }
                ids.add(id);
                starts.add(from.get(at));
                ends.add(to.get(end - 1));
                at = end;
            }
            from.clear();
            to.clear();
        }
    }
}
