package org.jelectra.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.inference.squad.ProbableAnswer;
import org.jelectra.inference.squad.QuestionAnswerer;
import org.jelectra.inference.squad.SquadQuestion;

/**
 * A trained model that finds answers to questions in texts of any length. Safe for use by any number of threads, see the package.
 */
public final class ContextReader implements AutoCloseable {

    private final ModelThread<QuestionAnswerer> model;

    private ContextReader(ModelThread<QuestionAnswerer> model) {
        this.model = model;
    }

    /**
     * Loads {@code config.json}, {@code model.safetensors} and {@code vocab.txt} or {@code tokenizer.json}, as fine-tuning or
     * HuggingFace's code wrote them.
     *
     * @throws IOException if a file is missing or malformed, the model is of another kind, or a tensor is missing, left over or of
     *     another shape
     */
    public static ContextReader load(Path directory, InferenceOptions options) throws IOException {
        ModelFolder folder = ModelKind.QUESTION_ANSWERING.open(directory);
        return new ContextReader(ModelThread.start(
                folder.path(),
                options.backend(),
                backend -> QuestionAnswerer.load(backend, folder.path(), options.batchSize())));
    }

    /** The answer to one question. */
    public Answer answer(String question, String context) {
        return answer(List.of(new Question(question, context))).get(0);
    }

    /**
     * The answers to questions, in their order. Questions about one text are fastest one after another.
     *
     * @throws IllegalStateException if the model is closed, or its weights give numbers that are not finite
     */
    public List<Answer> answer(List<Question> questions) {
        List<SquadQuestion> asked = questions.stream()
                .map(question -> new SquadQuestion("", question.question(), question.context(), List.of()))
                .toList();
        List<ProbableAnswer> answers = model.call(answerer -> answerer.probableAnswers(asked));
        return answers.stream().map(Answer::of).toList();
    }

    /** Frees threads and memory; later calls fail. */
    @Override
    public void close() {
        model.close();
    }
}
