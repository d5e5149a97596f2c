package org.jelectra.cli.console;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/** Standard output as a stream that remembers why it could not be written; {@link java.io.PrintStream} forgets it. */
public final class StandardOutput extends FilterOutputStream {

    /** What a process ends with that is stopped by a pipe without a reader: 128 and the number of SIGPIPE. */
    public static final int NO_READER = 128 + 13;

    /** The output cannot be written any more; what is computed for it is lost. */
    public static final class LostException extends IOException {
        private static final long serialVersionUID = 1;

        private LostException(IOException cause) {
            super("standard output: cannot be written (" + cause.getMessage() + ")", cause);
        }

        /** Whether only the reader has gone, as {@code head} does once it has enough: no failure to speak of. */
        public boolean isOfReader() {
            return getCause().getMessage() != null
                    && getCause().getMessage().toLowerCase(Locale.ROOT).contains("broken pipe");
        }
    }

    private volatile IOException failure;

    public StandardOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            failure = failure == null ? e : failure;
            throw e;
        }
    }

    /** Throws {@link LostException} if something could not be written. */
    public void check() throws LostException {
        if (failure != null) {
            throw new LostException(failure);
        }
    }
}
