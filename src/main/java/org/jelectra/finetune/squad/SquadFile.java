package org.jelectra.finetune.squad;

import java.nio.file.Path;
import java.util.List;
import org.jelectra.inference.squad.SquadQuestion;

/**
 * The questions of a file.
 *
 * @param file where they come from
 * @param questions in the order of the file
 * @param misplacedAnswers answers that the context does not have at the place that the file says
 */
public record SquadFile(Path file, List<SquadQuestion> questions, int misplacedAnswers) {

    /** Questions with an answer. */
    public long answerable() {
        return questions.stream().filter(SquadQuestion::isAnswerable).count();
    }
}
