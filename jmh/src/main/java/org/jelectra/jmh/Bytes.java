package org.jelectra.jmh;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Memory traffic per second, reported beside the calls: {@code gigaByte} in ops/s reads GB/s. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Bytes {

    /** Bytes that must move at least: every operand once, in units of 1e9. */
    public double gigaByte;

    /** Forgets the iteration before. */
    @Setup(Level.Iteration)
    public void clear() {
        gigaByte = 0;
    }
}
