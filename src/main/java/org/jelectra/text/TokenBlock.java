package org.jelectra.text;

import java.util.List;
import org.jelectra.text.corpus.Document;

/**
 * A block of documents in tokens.
 *
 * @param documents the documents or stretches of them
 * @param ids their tokens, one line after the other
 * @param lineLengths tokens of each line of each document
 */
public record TokenBlock(List<Document> documents, IntList ids, IntList lineLengths) {

    /** Tokenises a block. */
    public static TokenBlock of(List<Document> documents, WordPiece wordPiece) {
        IntList ids = new IntList();
        IntList lineLengths = new IntList();
        for (Document document : documents) {
            for (String line : document.lines()) {
                int before = ids.size();
                wordPiece.encode(line, ids);
                lineLengths.add(ids.size() - before);
            }
        }
        return new TokenBlock(documents, ids, lineLengths);
    }
}
