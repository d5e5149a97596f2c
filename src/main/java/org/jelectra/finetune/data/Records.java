package org.jelectra.finetune.data;

import java.io.IOException;
import java.util.List;

/** Rows of cells, of which nothing but the order is known. */
interface Records {

    /** The next row that is not empty, or null after the last. */
    List<String> next() throws IOException;

    /** Number of the line in which the row began that was read last. */
    long line();
}
