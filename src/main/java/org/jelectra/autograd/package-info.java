/**
 * A thin reverse-mode tape. {@link org.jelectra.autograd.Tape} records a computation once, with its backward pass;
 * {@link org.jelectra.autograd.MemoryPlan} lays out one arena for it; {@link org.jelectra.autograd.Program} replays it every step
 * without allocating. Shapes are fixed: another batch shape is another recording. What the backend lacks comes from outside as a
 * {@link org.jelectra.autograd.DifferentiableOperation}.
 */
package org.jelectra.autograd;
