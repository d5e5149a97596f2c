package org.jelectra.cli.predict;

/**
 * Names of the fields that texts are in.
 *
 * @param text of the text
 * @param pair of the other text of a pair; null: {@code text_pair} where it is there
 */
record TextFields(String text, String pair) {

    static final String TEXT = "text";
    static final String PAIR = "text_pair";
}
