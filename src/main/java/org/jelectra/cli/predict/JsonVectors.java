package org.jelectra.cli.predict;

import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.jelectra.inference.TextVectors;

/** Vectors as JSON Lines: an object a text. */
final class JsonVectors implements VectorOutput {

    private final Pooling pooling;
    private final Writer out;
    private long count;

    JsonVectors(Pooling pooling, OutputStream out) {
        this.pooling = pooling;
        this.out = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    }

    @Override
    public void write(JsonPrimitive id, TextVectors text) throws IOException {
        JsonWriter json = new JsonWriter(out); // one for each object: a writer takes one document
        json.setHtmlSafe(false);
        json.beginObject().name("index").value(count++);
        if (id != null) {
            json.name("id");
            if (id.isNumber()) {
                json.value(id.getAsNumber());
            } else {
                json.value(id.getAsString());
            }
        }
        if (text.truncated()) {
            json.name("truncated").value(true);
        }
        if (pooling == Pooling.TOKENS) {
            json.name("tokens").beginArray();
            for (String token : text.tokens()) {
                json.value(token);
            }
            json.endArray().name("vectors").beginArray();
            for (int i = 0; i < text.tokens().size(); i++) {
                vector(json, text.token(i));
            }
            json.endArray();
        } else {
            vector(json.name("vector"), pooling.values(text));
        }
        json.endObject();
        out.write('\n');
    }

    private static void vector(JsonWriter json, float[] values) throws IOException {
        json.beginArray();
        for (float value : values) {
            json.value(value);
        }
        json.endArray();
    }

    @Override
    public void finish() throws IOException {
        out.flush();
    }
}
