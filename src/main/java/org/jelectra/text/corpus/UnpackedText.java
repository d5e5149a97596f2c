package org.jelectra.text.corpus;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The characters of a UTF-8 file, unpacked where its name ends in .gz or .xz, for formats that have no lines. */
public final class UnpackedText {

    private UnpackedText() {}

    /**
     * Opens a file. Reading throws {@link java.nio.charset.CharacterCodingException} at bytes that are not UTF-8.
     *
     * @throws IOException if it cannot be read or unpacked
     */
    public static Reader open(Path file) throws IOException {
        return new InputStreamReader(
                CorpusFiles.openText(file, new CountingStream.Counter()),
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
    }
}
