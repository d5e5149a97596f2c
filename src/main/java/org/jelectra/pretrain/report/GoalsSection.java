package org.jelectra.pretrain.report;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jelectra.io.MarkdownTable;

/** What a run on a GPU machine is for, in one table: each question with its measured value, the goal, and how near that is. */
final class GoalsSection {

    /** Milliseconds of a step of preset small at which its million steps take an hour. */
    private static final double HOUR = 3.6;
    /** How many times as long PyTorch's best mode shall take. */
    private static final double PYTORCH = 1.5;

    private final BenchResults bench;
    private final BenchResults train;
    private final MarkdownTable table = new MarkdownTable("what", "measured", "goal", "ratio");

    GoalsSection(BenchResults bench, BenchResults train) {
        this.bench = bench;
        this.train = train;
    }

    String markdown() {
        small();
        pytorch();
        base();
        curves();
        training();
        return "## Goals\n\n" + table
                + "\nThe ratio says how much better than the goal the value is: above 1 it is reached. For base it is the share of the"
                + " peak, for the run the share of its steps.\n";
    }

    private void small() {
        String what = "a step of small, dropout 0.1";
        bench.timed("small-bf16")
                .or(() -> bench.timed("small-bf16-compute-80"))
                .ifPresentOrElse(
                        facts -> row(
                                what, step(facts), "3.6 ms: a million steps an hour", HOUR / number(facts, "p50_ms")),
                        () -> missing(what, bench, "small-bf16"));
    }

    private void pytorch() {
        String what = "PyTorch's best, the same step";
        bench.part("pytorch")
                .ifPresentOrElse(
                        facts -> {
                            double times = number(facts, "best_ms") / number(facts, "ours_ms");
                            row(
                                    what,
                                    text(
                                                    "%.3f ms (%s), %.2f times our %.3f ms",
                                                    number(facts, "best_ms"),
                                                    string(facts, "best"),
                                                    times,
                                                    number(facts, "ours_ms"))
                                            + without(facts),
                                    text("%.1f times", PYTORCH),
                                    times / PYTORCH);
                        },
                        () -> missing(what, bench, "pytorch"));
    }

    /** The best of those that ran may not be PyTorch's best. */
    private static String without(JsonObject facts) {
        if (!facts.has("failed_runs")) {
            return "";
        }
        List<String> failed = new ArrayList<>();
        facts.getAsJsonArray("failed_runs").forEach(run -> failed.add(run.getAsString()));
        return "; **the best of the modes that ran only**: no time of " + String.join(", ", failed);
    }

    private void base() {
        String what = "a step of base";
        bench.timed("base-bf16")
                .ifPresentOrElse(
                        facts -> row(
                                what,
                                text("%s; %.1f TFLOP/s", step(facts), number(facts, "flops_per_s") / 1e12),
                                facts.has("peak_flops_per_s")
                                        ? text("the peak, %.0f TFLOP/s", number(facts, "peak_flops_per_s") / 1e12)
                                        : "the peak, not known",
                                facts.has("share_of_bf16_peak") ? number(facts, "share_of_bf16_peak") : Double.NaN),
                        () -> missing(what, bench, "base-bf16"));
    }

    private void curves() {
        String what = "losses of bf16 and float32 over 1,000 steps";
        // a difference that is too large is an answer too
        bench.facts("curves")
                .filter(facts -> facts.has("largest_relative_difference"))
                .ifPresentOrElse(
                        facts -> row(
                                what,
                                text(
                                        "apart by %.3f of the loss after %.0f of %.0f steps",
                                        number(facts, "largest_relative_difference"),
                                        number(facts, "steps"),
                                        number(facts, "of")),
                                text("at most %.2f", number(facts, "allowed")),
                                number(facts, "allowed") / number(facts, "largest_relative_difference")),
                        () -> missing(what, bench, "curves"));
    }

    private void training() {
        String what = "a training run";
        train.part("train")
                .ifPresentOrElse(
                        facts -> row(
                                what,
                                text("%.0f steps in %.0f s", number(facts, "steps"), number(facts, "training_seconds"))
                                        + heldOut(facts)
                                        + train.part("keep")
                                                .map(keep -> ", kept: " + string(keep, "kept"))
                                                .orElse(", nothing kept")
                                        + kernels(facts),
                                text("%.0f steps", number(facts, "of")),
                                number(facts, "steps") / number(facts, "of")),
                        () -> missing(what, train, "train"));
    }

    private static String heldOut(JsonObject facts) {
        if (!facts.has("eval_generator_loss")) {
            return ", not evaluated";
        }
        String generator = text(
                "; held out: generator loss %.3f, accuracy %.3f",
                number(facts, "eval_generator_loss"), number(facts, "eval_generator_accuracy"));
        return facts.has("eval_discriminator_auc")
                ? generator + text(", discriminator AUC %.3f", number(facts, "eval_discriminator_auc"))
                : generator;
    }

    private static String step(JsonObject facts) {
        return text(
                "%.3f ms (p20 %.3f, p80 %.3f), %s, %.0f x %.0f tokens%s",
                number(facts, "p50_ms"),
                number(facts, "p20_ms"),
                number(facts, "p80_ms"),
                string(facts, "precision"),
                number(facts, "batch"),
                number(facts, "sequence_length"),
                kernels(facts));
    }

    private static String kernels(JsonObject facts) {
        return facts.has("kernels") ? ", kernels " + string(facts, "kernels") : "";
    }

    private void missing(String what, BenchResults results, String part) {
        table.row(what, results.missing(part), "-", "-");
    }

    private void row(String what, String measured, String goal, double ratio) {
        table.row(what, measured, goal, Double.isFinite(ratio) ? text("%.2f", ratio) : "-");
    }

    private static double number(JsonObject facts, String name) {
        return facts.get(name).getAsDouble();
    }

    private static String string(JsonObject facts, String name) {
        return facts.get(name).getAsString();
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
