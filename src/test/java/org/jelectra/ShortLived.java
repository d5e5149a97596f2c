package org.jelectra;

import java.util.List;

/** Virtual machines that tests start, which live for a second or two and spend it on loading and compiling classes. */
public final class ShortLived {

    /** Code that runs a few hundred times is not worth compiling, and what starts these has verified the same classes. */
    public static final List<String> OPTIONS = List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:Tier3InvocationThreshold=1000",
            "-XX:Tier3MinInvocationThreshold=500",
            "-XX:Tier3CompileThreshold=5000",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-BytecodeVerificationRemote");

    private ShortLived() {}
}
