package org.jelectra.finetune;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import org.jelectra.backend.ComputedBy;
import org.jelectra.io.JsonFields;
import org.jelectra.tensor.DType;

/** What a seed was computed by, in its snapshot and its result. It is not part of its identity: another may go on with it. */
final class RunPrecision {

    private static final String BACKEND = "backend";
    private static final String VALUE_TYPE = "valueType";

    private RunPrecision() {}

    static void add(JsonObject json, ComputedBy computed) {
        json.addProperty(BACKEND, computed.backend());
        json.addProperty(VALUE_TYPE, computed.valueType().name());
    }

    /** Nulls where a file from before it was recorded has nothing; throws IOException where it has something else. */
    static ComputedBy of(JsonFields json) throws IOException {
        return new ComputedBy(json.has(BACKEND) ? json.text(BACKEND) : null, valueType(json));
    }

    private static DType valueType(JsonFields json) throws IOException {
        if (!json.has(VALUE_TYPE)) {
            return null;
        }
        List<DType> types = List.of(DType.values());
        String found = json.text(VALUE_TYPE);
        for (DType type : types) {
            if (type.name().equals(found)) {
                return type;
            }
        }
        throw json.wrong(VALUE_TYPE, "one of " + types, found);
    }
}
