/**
 * Every operation of a {@link org.jelectra.backend.Backend} on random operands: to see on a machine whether a backend computes
 * what the reference does, and to count what its kernels do.
 */
package org.jelectra.backend.check;
