package org.jelectra.cli.finetune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.finetune.FineTuningTask;
import org.jelectra.finetune.squad.SquadData;
import org.jelectra.finetune.squad.SquadFile;
import org.jelectra.finetune.squad.SquadTask;
import org.jelectra.finetune.squad.SquadVersion;
import org.jelectra.inference.squad.SquadHead;
import org.jelectra.text.WordPiece;

/** Question answering, with its data read. */
final class SquadSource implements TaskSource {

    private final SquadHead head;
    private final SquadData data;

    SquadSource(SquadVersion version, SquadHead head, Path directory) throws IOException {
        this.head = head;
        data = SquadData.load(version, directory);
    }

    @Override
    public String name() {
        return data.version().label();
    }

    @Override
    public String head() {
        return head.label();
    }

    @Override
    public double epochs() {
        return SquadTask.EPOCHS;
    }

    @Override
    public int maxLength() {
        return SquadTask.LENGTH;
    }

    @Override
    public List<String> warnings() {
        return data.warnings();
    }

    @Override
    public Map<String, Path> files() {
        return Stream.of(data.training(), data.development())
                .map(SquadFile::file)
                .collect(Collectors.toMap(file -> file.getFileName().toString(), file -> file));
    }

    @Override
    public String description() {
        return String.format(
                Locale.ROOT,
                "%s, %s head: %,d training questions, %,d of them with an answer, %,d for development",
                name(),
                head.label(),
                data.training().questions().size(),
                data.training().answerable(),
                data.development().questions().size());
    }

    @Override
    public FineTuningTask.Factory tasks(TokenizerFiles tokenizer) {
        WordPiece wordPiece = new WordPiece(tokenizer.vocabulary(), tokenizer.options());
        return (backend, config, settings) -> new SquadTask(backend, config, head, settings, data, wordPiece);
    }
}
