/**
 * How long a training step takes on a backend: as a whole, {@link org.jelectra.pretrain.bench.StepTimer}, and operation by operation,
 * {@link org.jelectra.pretrain.bench.OperationTimer}.
 */
package org.jelectra.pretrain.bench;
