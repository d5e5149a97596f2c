package org.jelectra.cli.predict;

import com.google.gson.JsonPrimitive;
import java.io.IOException;
import org.jelectra.inference.TextVectors;
import org.jelectra.io.NpyWriter;

/** Vectors as an array; of tokens with another one that says where each text begins. */
final class NpyVectors implements VectorOutput {

    private final Pooling pooling;
    private final NpyWriter vectors;
    private final NpyWriter index;
    private long rows;

    /** @param index first row of each text, then the number of all rows; null where each text is one row */
    NpyVectors(Pooling pooling, NpyWriter vectors, NpyWriter index) {
        this.pooling = pooling;
        this.vectors = vectors;
        this.index = index;
    }

    @Override
    public void write(JsonPrimitive id, TextVectors text) throws IOException {
        vectors.write(pooling.values(text));
        if (index != null) {
            index.write(rows);
            rows += text.tokens().size();
        }
    }

    @Override
    public void finish() throws IOException {
        vectors.finish();
        if (index != null) {
            index.write(rows);
            index.finish();
        }
    }
}
