package org.jelectra.io;

/** Which jelectra this is. */
public final class Release {

    private Release() {}

    /** As in the jar's manifest; {@code development} when run from class files. */
    public static String version() {
        String version = Release.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
