package org.jelectra.jmh;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Arithmetic per second, reported beside the calls: {@code gigaFlop} in ops/s reads GFLOP/s. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Flops {

    /** Floating-point operations done, in units of 1e9. */
    public double gigaFlop;

    /** Forgets the iteration before. */
    @Setup(Level.Iteration)
    public void clear() {
        gigaFlop = 0;
    }
}
