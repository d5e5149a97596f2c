package org.jelectra.text.shards;

import org.jelectra.text.corpus.Replacements;

/**
 * What was read and what became of it.
 *
 * @param documents documents in the text
 * @param emptyDocuments documents without a token, which leave nothing behind
 * @param duplicateDocuments documents that resemble an earlier one
 * @param shortDocuments documents that were dropped because they have too few tokens
 * @param droppedDuplicates how many of the duplicates were dropped: all or none
 * @param textBytes bytes of the text, unpacked, in UTF-8
 * @param tokens tokens of the text
 * @param unknownTokens how many of them are [UNK]
 * @param droppedTokens tokens of the documents that were dropped
 * @param replaced malformed bytes that were replaced
 */
public record PreparedCounts(
        long documents,
        long emptyDocuments,
        long duplicateDocuments,
        long shortDocuments,
        long droppedDuplicates,
        long textBytes,
        long tokens,
        long unknownTokens,
        long droppedTokens,
        Replacements replaced) {

    /** Share of the text's tokens that are [UNK]. */
    public double unknownFraction() {
        return tokens == 0 ? 0 : (double) unknownTokens / tokens;
    }

    /** Tokens that are in the shards. */
    public long keptTokens() {
        return tokens - droppedTokens;
    }
}
