package org.jelectra.text;

import java.io.IOException;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.corpus.Document;
import org.jelectra.text.corpus.DocumentReader;
import org.jelectra.text.corpus.ParallelBlocks;
import org.jelectra.text.corpus.Replacements;

/**
 * A corpus as ids: one run of tokens with the ends of its lines and documents, two bytes per token for vocabularies of up to
 * 65,536. Documents and lines without a token do not appear.
 */
public final class TokenizedCorpus {

    private final Vocabulary vocabulary;
    private final TokenStore tokens;
    private final IntList lineEnds = new IntList();
    private final IntList documentEnds = new IntList();
    private final IntList documentIndices = new IntList();
    private long unknownTokens;
    private Replacements replaced = Replacements.NONE;

    TokenizedCorpus(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.tokens = new TokenStore(vocabulary.size());
    }

    /**
     * Reads and tokenises a whole corpus. The result does not depend on the number of threads.
     *
     * @param threads number of threads that tokenise, at least 1
     * @throws IOException if a file cannot be read or is not UTF-8, there is no text, the text has no token at all, or it
     *     has 2^31 tokens or more
     */
    public static TokenizedCorpus tokenize(Corpus corpus, Vocabulary vocabulary, WordPieceOptions options, int threads)
            throws IOException {
        TokenizedCorpus result = new TokenizedCorpus(vocabulary);
        try (DocumentReader reader = corpus.documents()) {
            ParallelBlocks.run(
                    reader,
                    threads,
                    documents -> TokenBlock.of(documents, new WordPiece(vocabulary, options)),
                    (block, end) -> {
                        result.append(block);
                        result.replaced = end.replaced();
                    });
        }
        if (result.size() == 0) {
            throw new IOException("corpus: the text of " + corpus.description() + " has no token");
        }
        return result;
    }

    /** The vocabulary of the ids. */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** Number of tokens, without [CLS] and [SEP]. */
    public int size() {
        return tokens.size();
    }

    /** The id of token {@code index} in the order of the text. */
    public int token(int index) {
        return tokens.get(index);
    }

    /** Number of documents that have a token. */
    public int documents() {
        return documentEnds.size();
    }

    /** Index of a document's first token. */
    public int documentStart(int document) {
        return document == 0 ? 0 : documentEnds.get(document - 1);
    }

    /** Index after a document's last token. */
    public int documentEnd(int document) {
        return documentEnds.get(document);
    }

    /** Number of lines that have a token. */
    public int lines() {
        return lineEnds.size();
    }

    /** How many tokens are [UNK]. */
    public long unknownTokens() {
        return unknownTokens;
    }

    /** Malformed bytes that were read as U+FFFD, where {@link Corpus#with} allows it. */
    public Replacements replaced() {
        return replaced;
    }

    /** The line end strictly between {@code from} and {@code to} that is nearest to their middle, else the middle itself. */
    int boundaryNearMiddle(int from, int to) {
        int middle = from + (to - from) / 2;
        return boundaryNear(middle, from, to);
    }

    /** The line end strictly between {@code from} and {@code to} that is nearest to {@code wanted}, else {@code wanted}. */
    int boundaryNear(int wanted, int from, int to) {
        return lineEnds.nearest(wanted, from, to);
    }

    TokenStore store() {
        return tokens;
    }

    /** Number that the corpus gave to a document; differs from its place here if documents without a token came before. */
    int documentIndex(int document) {
        return documentIndices.get(document);
    }

    private void append(TokenBlock block) throws IOException {
        int token = 0;
        int line = 0;
        for (Document document : block.documents()) {
            for (int i = 0; i < document.lines().size(); i++) {
                int length = block.lineLengths().get(line++);
                if (length > Integer.MAX_VALUE - size()) {
                    throw new IOException(document.source() + ": the corpus reaches 2^31 tokens here; turn it into"
                            + " shards with 'jelectra prepare'");
                }
                for (int end = token + length; token < end; token++) {
                    addToken(block.ids().get(token));
                }
                if (length > 0) {
                    lineEnds.add(tokens.size());
                }
            }
            endStretch(document.index());
        }
    }

    private void addToken(int id) {
        tokens.add(id);
        if (id == vocabulary.unknownId()) {
            unknownTokens++;
        }
    }

    /** Ends a stretch of the document with this number; a further stretch with the same number extends the document. */
    private void endStretch(int index) {
        int end = tokens.size();
        int last = documentEnds.size() - 1;
        if (last >= 0 && documentIndices.get(last) == index) {
            documentEnds.set(last, end);
        } else if (end > (last < 0 ? 0 : documentEnds.get(last))) {
            documentEnds.add(end);
            documentIndices.add(index);
        }
    }
}
