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
    private static final String KERNELS = "kernels";
    private static final String VALUE_TYPE = "valueType";

    private RunPrecision() {}

    static void add(JsonObject json, ComputedBy computed) {
        json.addProperty(BACKEND, computed.backend());
        if (computed.kernels() != null) {
            json.addProperty(KERNELS, computed.kernels());
        }
        json.addProperty(VALUE_TYPE, computed.valueType().name());
    }

    /** Throws IOException where it is missing, or something else. */
    static ComputedBy of(JsonFields json) throws IOException {
        List<DType> types = List.of(DType.values());
        String found = json.text(VALUE_TYPE);
        for (DType type : types) {
            if (type.name().equals(found)) {
                return new ComputedBy(json.text(BACKEND), json.has(KERNELS) ? json.text(KERNELS) : null, type);
            }
        }
        throw json.wrong(VALUE_TYPE, "one of " + types, found);
    }
}
