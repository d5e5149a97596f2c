package org.jelectra.io.pytorch;

import org.jelectra.io.TensorType;

/** Every name of Python that the pickle of a state dict may mention. */
enum AllowedGlobal {
    ORDERED_DICT("collections", "OrderedDict", null),
    REBUILD_TENSOR("torch._utils", "_rebuild_tensor", null),
    REBUILD_TENSOR_V2("torch._utils", "_rebuild_tensor_v2", null),
    REBUILD_PARAMETER("torch._utils", "_rebuild_parameter", null),
    DOUBLE("torch", "DoubleStorage", TensorType.F64),
    FLOAT("torch", "FloatStorage", TensorType.F32),
    HALF("torch", "HalfStorage", TensorType.F16),
    BFLOAT16("torch", "BFloat16Storage", TensorType.BF16),
    LONG("torch", "LongStorage", TensorType.I64),
    INT("torch", "IntStorage", TensorType.I32),
    SHORT("torch", "ShortStorage", TensorType.I16),
    CHAR("torch", "CharStorage", TensorType.I8),
    BYTE("torch", "ByteStorage", TensorType.U8),
    BOOL("torch", "BoolStorage", TensorType.BOOL);

    private final String module;
    private final String label;
    private final TensorType storage;

    AllowedGlobal(String module, String label, TensorType storage) {
        this.module = module;
        this.label = label;
        this.storage = storage;
    }

    /** The global of that name; null where it is not allowed. */
    static AllowedGlobal find(String module, String name) {
        for (AllowedGlobal global : values()) {
            if (global.module.equals(module) && global.label.equals(name)) {
                return global;
            }
        }
        return null;
    }

    /** The type of the elements of a storage class; null for the others. */
    TensorType storage() {
        return storage;
    }

    @Override
    public String toString() {
        return module + "." + label;
    }
}
