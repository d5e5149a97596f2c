package org.jelectra.backend.cpu;

import static org.jelectra.backend.cpu.PanelGemm.ceil;

/**
 * How the workers share the copying of B into panels.
 *
 * @param step panels that a task copies
 * @param depth rows that a task copies: all, or a part where a task copies one panel
 * @param parts parts of a panel's rows
 * @param tasks number of tasks
 */
record PackPartition(int step, int depth, int parts, int tasks) {

    /** Elements that one task copies, at least. */
    private static final int MIN_ELEMENTS = 8192;

    /** The copy of {@code panels} panels of {@code width} columns by k rows, for {@code wanted} tasks or more. */
    static PackPartition of(int panels, int width, int k, int wanted) {
        int rows = Math.max(1, k);
        int step = Math.max(1, MIN_ELEMENTS / (width * rows));
        if (step > 1) {
            return new PackPartition(step, rows, 1, ceil(panels, step));
        }
        // a narrow B has too few panels for all workers
        int partsWanted = ceil(wanted, Math.max(1, panels));
        int least = ceil(MIN_ELEMENTS, width);
        int depth = Math.min(rows, Math.max(ceil(rows, partsWanted), least));
        int parts = ceil(rows, depth);
        return new PackPartition(1, depth, parts, panels * parts);
    }
}
