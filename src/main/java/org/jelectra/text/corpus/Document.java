package org.jelectra.text.corpus;

import java.util.List;

/**
 * A stretch of a document. Documents are separated by blank lines; one that is very long comes in several stretches, so that
 * memory stays bounded even for a file without a single blank line.
 *
 * @param lines the lines, each one paragraph and none of them blank
 * @param source name of the file the document begins in
 * @param index number of the document in the corpus, from 0
 * @param continued whether this goes on from the previous stretch, which has the same index
 * @param goesOn whether the next stretch, if there is one of the same index, goes on from here
 */
public record Document(List<String> lines, String source, int index, boolean continued, boolean goesOn) {}
