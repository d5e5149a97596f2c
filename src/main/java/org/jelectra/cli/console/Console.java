package org.jelectra.cli.console;

import java.io.InputStream;
import java.io.PrintStream;

/** Where a command reads and prints: the standard streams, and the terminal behind them if there is one. */
public interface Console {

    /** Exit code of a command that failed. */
    int FAILURE = 1;

    /** Exit code of a command line that is wrong. */
    int USAGE = 2;

    InputStream in();

    /** Text in UTF-8. */
    PrintStream out();

    PrintStream err();

    Terminal terminal();

    /** For commands whose result is what they print: throws where nobody gets it, so that they stop. */
    void requireOutput() throws StandardOutput.LostException;
}
