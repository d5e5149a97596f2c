package org.jelectra.cli.predict;

import com.google.gson.JsonPrimitive;
import java.io.IOException;
import org.jelectra.inference.TextVectors;

/** Where vectors go, text by text. */
interface VectorOutput {

    /** How a text's vectors become what is written. */
    enum Pooling {
        MEAN,
        CLS,
        TOKENS;

        /** The numbers to write: one vector, or with {@link #TOKENS} that of each token. */
        float[] values(TextVectors vectors) {
            return switch (this) {
                case MEAN -> vectors.mean();
                case CLS -> vectors.cls();
                case TOKENS -> vectors.values();
            };
        }
    }

    /** Writes a text's vectors; {@code id} is its name, a string or a number, or null. */
    void write(JsonPrimitive id, TextVectors vectors) throws IOException;

    /** After the last text. */
    void finish() throws IOException;
}
