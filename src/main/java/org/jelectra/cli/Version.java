package org.jelectra.cli;

import picocli.CommandLine.IVersionProvider;

/** Version of jelectra and of the Java that runs it. */
final class Version implements IVersionProvider {

    /** As in the jar's manifest; {@code development} when run from class files. */
    static String jelectra() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "jelectra " + jelectra(),
            "Java " + System.getProperty("java.version") + " (" + System.getProperty("java.vm.name") + "), "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
