package org.jelectra.io.pytorch;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;

/** The files that {@code generate.py} made with PyTorch. */
final class TestFiles {

    private TestFiles() {}

    static Path path(String name) {
        URL url = TestFiles.class.getResource(name);
        if (url == null) {
            throw new IllegalArgumentException("no test file is named " + name);
        }
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
