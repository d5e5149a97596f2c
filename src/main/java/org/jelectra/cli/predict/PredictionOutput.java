package org.jelectra.cli.predict;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Prints predictions in a format, row by row. */
final class PredictionOutput {

    /** How predictions are printed. */
    enum Format {
        READABLE,
        JSON,
        TSV
    }

    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    private final Format format;
    private final PrintStream out;
    private final boolean named;
    private long index;

    /** Prints the table's head where there is one. */
    PredictionOutput(Format format, List<String> columns, PrintStream out) {
        this.format = format;
        this.out = out;
        named = !columns.isEmpty();
        if (format == Format.TSV && named) {
            out.println("index\tid\t" + String.join("\t", columns));
        }
    }

    void print(InputRow row, RowPrediction prediction) {
        switch (format) {
            case READABLE -> out.println(prediction.readable().get());
            case JSON -> out.println(GSON.toJson(json(row, prediction)));
            case TSV -> {
                for (List<String> cells : prediction.table().get()) {
                    List<String> line = new ArrayList<>();
                    if (named) {
                        line.add(Long.toString(index));
                        line.add(
                                row.id() == null
                                        ? ""
                                        : RowPrediction.line(row.id().getAsString()));
                    }
                    line.addAll(cells);
                    out.println(String.join("\t", line));
                }
            }
        }
        index++;
    }

    private JsonObject json(InputRow row, RowPrediction prediction) {
        JsonObject json = new JsonObject();
        json.addProperty("index", index);
        if (row.id() != null) {
            json.add("id", row.id());
        }
        prediction.json().get().entrySet().forEach(entry -> json.add(entry.getKey(), entry.getValue()));
        return json;
    }
}
