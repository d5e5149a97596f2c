package org.jelectra.finetune.data;

import java.util.List;

/**
 * The words of a sentence with their tags.
 *
 * @param words in order
 * @param tags as many
 */
public record TaggedSentence(List<String> words, List<String> tags) {}
