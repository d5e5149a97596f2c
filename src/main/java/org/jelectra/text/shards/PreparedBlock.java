package org.jelectra.text.shards;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.text.TokenBlock;
import org.jelectra.text.WordPiece;
import org.jelectra.text.corpus.Document;

/**
 * A block of documents in tokens, with what the working threads can find out about each.
 *
 * @param block the tokens
 * @param tokenCounts tokens of each document or stretch
 * @param signatures signature of each document by its first stretch; null for later stretches and where there is no token
 */
record PreparedBlock(TokenBlock block, int[] tokenCounts, List<short[]> signatures) {

    static PreparedBlock of(List<Document> documents, WordPiece wordPiece) {
        TokenBlock block = TokenBlock.of(documents, wordPiece);
        int[] counts = new int[documents.size()];
        List<short[]> signatures = new ArrayList<>();
        int line = 0;
        int token = 0;
        for (int d = 0; d < counts.length; d++) {
            Document document = documents.get(d);
            for (int i = 0; i < document.lines().size(); i++) {
                counts[d] += block.lineLengths().get(line++);
            }
            boolean sketch = counts[d] > 0 && !document.continued();
            signatures.add(sketch ? DocumentSignature.of(block.ids(), token, token + counts[d]) : null);
            token += counts[d];
        }
        return new PreparedBlock(block, counts, signatures);
    }
}
