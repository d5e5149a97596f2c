package org.jelectra.finetune.data;

import java.io.IOException;

/** Rows of a file, of each the columns that are asked for. */
interface ExampleRows {

    /** The next row's cells in the order of the columns asked for, null for one that it lacks; null after the last row. */
    String[] next() throws IOException;

    /** Number of the line in which the row began that was read last. */
    long line();

    /** What is the matter with a column that the row lacks, for a message that has named it. */
    String lack(Column missing);
}
