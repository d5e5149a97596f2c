package org.jelectra.cli;

import org.jelectra.io.Release;
import picocli.CommandLine.IVersionProvider;

/** Version of jelectra and of the Java that runs it. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {
            "jelectra " + Release.version(),
            "Java " + System.getProperty("java.version") + " (" + System.getProperty("java.vm.name") + "), "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
