package org.jelectra.cli.console;

import java.util.Arrays;
import java.util.Iterator;
import org.jelectra.electra.Preset;
import picocli.CommandLine;

/** Names of the presets on the command line. */
public final class PresetConverter implements CommandLine.ITypeConverter<Preset>, Iterable<String> {
    @Override
    public Preset convert(String name) {
        try {
            return Preset.named(name);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(e.getMessage());
        }
    }

    /** What a shell offers. */
    @Override
    public Iterator<String> iterator() {
        return Arrays.stream(Preset.values()).map(Preset::label).iterator();
    }
}
