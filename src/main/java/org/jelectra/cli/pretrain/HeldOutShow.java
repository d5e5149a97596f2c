package org.jelectra.cli.pretrain;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jelectra.cli.console.Terminal;
import org.jelectra.cli.console.TokenView;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.Objective;
import org.jelectra.electra.TokenProbability;
import org.jelectra.pretrain.ModelMetrics;
import org.jelectra.pretrain.Predictor;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.Vocabulary;

/** The end of a run: what was learnt, in numbers and on a few sentences that the model has never seen. */
final class HeldOutShow {

    private static final int SENTENCES = 4;
    private static final int SHORTEST = 8;
    private static final int LONGEST = 32;

    private final PrintStream out;
    private final Terminal terminal;
    private final Vocabulary vocabulary;

    HeldOutShow(PrintStream out, Terminal terminal, Vocabulary vocabulary) {
        this.out = out;
        this.terminal = terminal;
        this.vocabulary = vocabulary;
    }

    void show(ElectraModel model, PretrainSettings settings, PackedSequences heldOut, ModelMetrics evaluation) {
        if (evaluation == null) {
            return;
        }
        numbers(evaluation, settings.model().objective(), heldOut);
        if (model.discriminator() == null) {
            return;
        }
        List<int[]> sentences = sentences(heldOut);
        if (sentences.isEmpty()) {
            return;
        }
        Predictor predictor = new Predictor(
                model, vocabulary, settings.losses(), settings.masking(), settings.sequenceLength(), settings.seed());
        TokenView view = new TokenView(terminal);
        out.println();
        out.print("held-out sentences; " + view.legend());
        for (int i = 0; i < sentences.size(); i++) {
            List<TokenProbability> tokens = predictor.predict(sentences.get(i), i);
            out.println();
            out.print(view.render(tokens));
        }
        out.println();
    }

    private void numbers(ModelMetrics metrics, Objective objective, PackedSequences heldOut) {
        int[] counts = new int[vocabulary.size()];
        forEachToken(heldOut, token -> counts[token]++);
        int most = 0;
        long all = 0;
        for (int token = 0; token < counts.length; token++) {
            all += counts[token];
            most = counts[token] > counts[most] ? token : most;
        }
        out.printf(
                Locale.ROOT,
                "on held-out text the generator guesses %.1f %% of the masked tokens (always '%s': %.1f %%)%n",
                100 * metrics.generatorAccuracy(),
                vocabulary.token(most),
                100.0 * counts[most] / all);
        if (!Double.isNaN(metrics.discriminatorAuc())) {
            out.printf(
                    Locale.ROOT,
                    "the discriminator tells replaced from original tokens%s with AUC %.3f (guessing: 0.5)%n",
                    objective == Objective.ELECTRA_15 ? " at the selected positions" : "",
                    metrics.discriminatorAuc());
        }
        if (!Double.isNaN(metrics.mainAccuracy())) {
            out.printf(
                    Locale.ROOT,
                    "the main network guesses %.1f %% of %s from the corrupted text (its input as it is: %.1f %%)%n",
                    100 * metrics.mainAccuracy(),
                    objective == Objective.ALL_TOKENS_MLM ? "all tokens" : "the selected tokens",
                    100
                            * (objective == Objective.ALL_TOKENS_MLM
                                    ? 1 - metrics.replacedFraction()
                                    : metrics.sampledAccuracy()));
        }
    }

    private interface TokenConsumer {
        void accept(int token);
    }

    private void forEachToken(PackedSequences sequences, TokenConsumer consumer) {
        for (int i = 0; i < sequences.size(); i++) {
            for (int token : tokens(sequences, i)) {
                if (token != vocabulary.clsId() && token != vocabulary.sepId()) {
                    consumer.accept(token);
                }
            }
        }
    }

    /** A few whole sentences from different places. */
    List<int[]> sentences(PackedSequences sequences) {
        List<int[]> sentences = new ArrayList<>();
        int stride = Math.max(1, sequences.size() / SENTENCES);
        for (int part = 0; part < SENTENCES && part * stride < sequences.size(); part++) {
            for (int i = part * stride; i < Math.min(sequences.size(), (part + 1) * stride); i++) {
                int[] sentence = sentence(tokens(sequences, i));
                if (sentence != null) {
                    sentences.add(sentence);
                    break;
                }
            }
        }
        return sentences;
    }

    private static int[] tokens(PackedSequences sequences, int index) {
        int[] ids = new int[sequences.sequenceLength()];
        int length = sequences.copy(index, ids, new int[ids.length], 0);
        return Arrays.copyOf(ids, length);
    }

    // from behind one full stop to the next
    private int[] sentence(int[] ids) {
        int stop = vocabulary.id(".");
        int from = -1;
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == vocabulary.clsId() || ids[i] == vocabulary.sepId()) {
                from = -1;
            } else if (ids[i] == stop) {
                if (from >= 0 && i + 1 - from >= SHORTEST && i + 1 - from <= LONGEST) {
                    return Arrays.copyOfRange(ids, from, i + 1);
                }
                from = i + 1;
            }
        }
        return null;
    }
}
