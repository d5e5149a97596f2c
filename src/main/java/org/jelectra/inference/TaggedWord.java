package org.jelectra.inference;

/**
 * A word with its most probable tag.
 *
 * @param word the word and its place; where words were given instead of a text, the place is in the words joined by spaces
 * @param tag the tag of the word's first piece
 * @param probability softmax of the logits
 */
public record TaggedWord(Word word, String tag, double probability) {}
