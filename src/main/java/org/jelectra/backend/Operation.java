package org.jelectra.backend;

import java.util.List;

/**
 * One operation on fixed tensors, checked and prepared once and run any number of times. Preparing does the work that need not
 * be repeated (shape checks, partitioning, argument tables, scratch memory); running allocates nothing.
 */
@FunctionalInterface
public interface Operation {

    /** Reads the operands as they are now and writes the results. */
    void run();

    /** This, then the other. */
    default Operation then(Operation next) {
        return () -> {
            run();
            next.run();
        };
    }

    /** All of them, one after the other. */
    static Operation sequence(Operation... operations) {
        return () -> {
            for (Operation operation : operations) {
                operation.run();
            }
        };
    }

    /** All of them, one after the other. */
    static Operation sequence(List<Operation> operations) {
        return sequence(operations.toArray(Operation[]::new));
    }
}
