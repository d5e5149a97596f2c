package org.jelectra.text.rows;

import java.io.IOException;
import java.util.List;

/** Rows of cells, of which nothing but the order is known. */
public interface Records {

    /**
     * The next row that is not empty, or null after the last.
     *
     * @throws IOException if it cannot be read or is malformed; the message names file and line
     */
    List<String> next() throws IOException;

    /** Number of the line in which the row began that was read last. */
    long line();
}
