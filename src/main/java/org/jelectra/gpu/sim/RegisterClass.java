package org.jelectra.gpu.sim;

/** How values are held: each class has its own register file. */
enum RegisterClass {
    /** Integers and bit patterns of up to 32 bits; those of 8 and 16 bits with zeros above. */
    INT,
    /** Single precision. */
    FLOAT,
    /** Integers and bit patterns of 64 bits. */
    LONG,
    /** Double precision. */
    DOUBLE,
    /** Predicates: one bit for each lane. */
    PREDICATE;

    /** Class for registers of a declared type. */
    static RegisterClass of(String type) {
        switch (type) {
            case "pred":
                return PREDICATE;
            case "f32":
                return FLOAT;
            case "f64":
                return DOUBLE;
            case "b64", "u64", "s64":
                return LONG;
            default:
                return INT;
        }
    }
}
