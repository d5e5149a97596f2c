package org.jelectra.text;

import java.util.ArrayList;
import java.util.List;

/**
 * BERT's uncased or cased tokenizer: cleaning, splitting at white space and punctuation, then the greedy longest match of
 * each word against the vocabulary. Gives the ids of the original ELECTRA code, also for text outside ASCII.
 *
 * <p>ASCII words are lower-cased, hashed and looked up in one pass over the characters; only words with other characters take
 * the general path of {@link WordNormalizer}.
 *
 * <p>Not safe for use by several threads, because it owns its buffers; an instance is cheap, so give each thread its own. The
 * vocabulary is shared.
 *
 * <p>Source: Wu et al., "Google's Neural Machine Translation System" (2016), section 4.1; the tokenizer published with BERT.
 */
public final class WordPiece {

    private static final byte WORD = 0;
    private static final byte UPPER = 1;
    private static final byte PUNCTUATION = 2;
    private static final byte SPACE = 3;
    private static final byte DELETED = 4;
    private static final byte[] ASCII = asciiClasses();

    private final Vocabulary vocabulary;
    private final PieceTable pieces;
    private final WordPieceOptions options;
    private final WordNormalizer normalizer;
    private final int unknownId;
    private final char[] word;
    private final int[] hashes;
    private final int[] pending;
    private char[] text = new char[1024];
    private IntList sink;

    /** A tokenizer of {@code vocabulary}. */
    public WordPiece(Vocabulary vocabulary, WordPieceOptions options) {
        this.vocabulary = vocabulary;
        this.pieces = vocabulary.pieces();
        this.options = options;
        this.unknownId = vocabulary.unknownId();
        this.normalizer = new WordNormalizer(options, this::appendNormalized);
        // One more than the limit in characters, so that a word that is too long shows; two characters per code point.
        this.word = new char[options.maxWordLength() + 1];
        this.hashes = new int[2 * options.maxWordLength() + 1];
        this.pending = new int[2 * options.maxWordLength() + 1];
    }

    /** The vocabulary whose ids this tokenizer gives. */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** How the text is normalised. */
    public WordPieceOptions options() {
        return options;
    }

    /** The ids of a text, without [CLS] and [SEP]. */
    public int[] encode(String input) {
        IntList ids = new IntList();
        encode(input, ids);
        return ids.toArray();
    }

    /** The pieces of a text as the vocabulary spells them; [UNK] for a word that it cannot spell. */
    public List<String> tokenize(String input) {
        List<String> tokens = new ArrayList<>();
        for (int id : encode(input)) {
            tokens.add(vocabulary.token(id));
        }
        return tokens;
    }

    /** Appends the ids of a text to {@code ids}; allocates nothing for ASCII text once the buffers have grown. */
    public void encode(String input, IntList ids) {
        int length = input.length();
        if (text.length < length) {
            text = new char[Math.max(length, 2 * text.length)];
        }
        input.getChars(0, length, text, 0);
        sink = ids;
        int from = 0;
        while (from < length) {
            char first = text[from];
            if (first < 128 && ASCII[first] == SPACE) {
                from++;
                continue;
            }
            int to = from;
            int combined = 0;
            for (; to < length; to++) {
                char c = text[to];
                if (c < 128 && ASCII[c] == SPACE) {
                    break;
                }
                combined |= c;
            }
            if (combined < 128) {
                appendAscii(from, to);
            } else {
                normalizer.accept(text, from, to);
            }
            from = to;
        }
        sink = null;
    }

    /** Joins pieces for display: a space between words, none before a continuation. Does not restore the original spacing. */
    public String decode(int[] ids) {
        StringBuilder joined = new StringBuilder();
        for (int id : ids) {
            String token = vocabulary.token(id);
            if (PieceTable.isContinuation(token) && joined.length() > 0) {
                joined.append(token, Vocabulary.CONTINUATION.length(), token.length());
            } else {
                joined.append(joined.length() > 0 ? " " : "").append(token);
            }
        }
        return joined.toString();
    }

    // text[from, to) is ASCII without white space.
    private void appendAscii(int from, int to) {
        boolean lowerCase = options.lowerCase();
        int limit = word.length;
        int start = PieceTable.start(false);
        int length = 0;
        int hash = start;
        for (int i = from; i < to; i++) {
            char c = text[i];
            byte kind = ASCII[c];
            if (kind == UPPER && lowerCase) {
                c += 'a' - 'A';
            } else if (kind == PUNCTUATION) {
                appendWord(word, length, length, hash);
                word[0] = c;
                appendWord(word, 1, 1, PieceTable.extend(start, c));
                length = 0;
                hash = start;
                continue;
            } else if (kind == DELETED) {
                continue;
            }
            if (length < limit) {
                word[length++] = c;
            }
            hash = PieceTable.extend(hash, c);
        }
        appendWord(word, length, length, hash);
    }

    private void appendNormalized(char[] characters, int length, int codePoints) {
        int hash = PieceTable.start(false);
        for (int i = 0; i < length; i++) {
            hash = PieceTable.extend(hash, characters[i]);
        }
        appendWord(characters, length, codePoints, hash);
    }

    private void appendWord(char[] characters, int length, int codePoints, int hash) {
        if (length == 0) {
            return;
        }
        if (codePoints > options.maxWordLength()) {
            sink.add(unknownId);
            return;
        }
        // Most words of running text are in the vocabulary as they are.
        int whole = pieces.find(characters, 0, length, hash, false);
        if (whole >= 0) {
            sink.add(whole);
        } else {
            appendPieces(characters, length);
        }
    }

    private void appendPieces(char[] characters, int length) {
        int count = 0;
        int from = 0;
        while (from < length) {
            boolean continuation = from > 0;
            int longest = Math.min(length, from + pieces.longest());
            int hash = PieceTable.start(continuation);
            for (int i = from; i < longest; i++) {
                hash = PieceTable.extend(hash, characters[i]);
                hashes[i] = hash;
            }
            int id = -1;
            int to = longest;
            while (to > from && id < 0) {
                id = pieces.find(characters, from, to, hashes[to - 1], continuation);
                to--;
            }
            if (id < 0) {
                sink.add(unknownId);
                return;
            }
            pending[count++] = id;
            from = to + 1;
        }
        for (int i = 0; i < count; i++) {
            sink.add(pending[i]);
        }
    }

    private static byte[] asciiClasses() {
        byte[] classes = new byte[128];
        for (int c = 0; c < 128; c++) {
            if (CharacterClasses.isSpace(c)) {
                classes[c] = SPACE;
            } else if (CharacterClasses.isDeleted(c)) {
                classes[c] = DELETED;
            } else if (CharacterClasses.isPunctuation(c)) {
                classes[c] = PUNCTUATION;
            } else {
                classes[c] = c >= 'A' && c <= 'Z' ? UPPER : WORD;
            }
        }
        return classes;
    }
}
