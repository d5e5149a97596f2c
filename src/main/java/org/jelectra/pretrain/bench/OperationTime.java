package org.jelectra.pretrain.bench;

/**
 * All operations of a step that have one name and the same shapes.
 *
 * @param operation name
 * @param shapes of all that each reads and writes, for example {@code [1024, 256] 2x[256]}; equal ones are counted
 * @param count operations in a step
 * @param milliseconds of all of them together in a step, each from its launch until it has finished
 */
public record OperationTime(String operation, String shapes, int count, double milliseconds) {}
