package org.jelectra.inference;

/**
 * A word of a text.
 *
 * @param text its characters
 * @param start index of the first one in the text (UTF-16)
 * @param end index after the last one
 */
public record Word(String text, int start, int end) {}
