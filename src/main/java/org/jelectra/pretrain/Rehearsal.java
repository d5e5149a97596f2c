package org.jelectra.pretrain;

import java.io.IOException;
import java.util.function.IntUnaryOperator;
import org.jelectra.backend.Backend;
import org.jelectra.text.PackedCorpus;
import org.jelectra.text.Vocabulary;

/**
 * The first steps of a run on a model that is thrown away: how long a step and an evaluation take on this machine. The run itself begins
 * as if there had been none.
 *
 * @param steps how many were timed
 * @param stepSeconds mean time of one
 * @param evaluationSeconds time of an evaluation on held-out text; 0 where nothing is held out
 */
public record Rehearsal(int steps, double stepSeconds, double evaluationSeconds) {

    /** Steps at the least, before the timed ones and of these: the first ones record, compile and fill caches. */
    private static final int FEWEST = 5;

    /** Ends a rehearsal once its steps were timed. */
    private static final class Clock implements PretrainListener {

        private final double seconds;
        private final long began = System.nanoTime();
        private long timedSince;
        private long last;
        private int first;
        private int timed;

        Clock(double seconds) {
            this.seconds = seconds;
        }

        @Override
        public void onStep(int step) {
            last = System.nanoTime();
            if (timedSince != 0) {
                timed = step - first;
            } else if (step >= FEWEST && last - began >= 0.5e9 * seconds) {
                timedSince = last;
                first = step;
            }
        }

        @Override
        public boolean endsAfter(int step) {
            return timed >= FEWEST && timedSeconds() >= seconds;
        }

        double timedSeconds() {
            return (last - timedSince) * 1e-9;
        }
    }

    /**
     * Times steps, as many as these seconds hold and at least 5, after others in half the seconds, again at least 5, that do not count.
     *
     * @param backend takes a model, which it keeps until it is closed
     * @param settings of the run, whose length does not count
     */
    public static Rehearsal of(
            Backend backend, PretrainSettings settings, PackedCorpus corpus, Vocabulary vocabulary, double seconds)
            throws IOException {
        Pretrainer pretrainer = new Pretrainer(backend, settings.endless(), corpus, vocabulary);
        Clock clock = new Clock(seconds);
        pretrainer.run(clock);
        long begin = System.nanoTime();
        boolean evaluates = pretrainer.evaluate() != null;
        double evaluation = evaluates ? (System.nanoTime() - begin) * 1e-9 : 0;
        return new Rehearsal(clock.timed, clock.timedSeconds() / clock.timed, evaluation);
    }

    /** Seconds of a run of so many steps, which is evaluated at this interval and at its end. */
    public double seconds(int runSteps, int evaluateEvery) {
        return runSteps * stepSeconds + Math.ceil((double) runSteps / evaluateEvery) * evaluationSeconds;
    }

    /**
     * A run as long as these seconds hold; 0 where not even one step does.
     *
     * @param evaluateEvery steps between the evaluations of a run of so many steps
     */
    public int stepsIn(double seconds, IntUnaryOperator evaluateEvery) {
        int fits = 0;
        int most = (int) Math.min(Integer.MAX_VALUE, seconds / stepSeconds);
        while (fits < most) {
            int middle = (int) (((long) fits + most + 1) / 2);
            if (seconds(middle, evaluateEvery.applyAsInt(middle)) <= seconds) {
                fits = middle;
            } else {
                most = middle - 1;
            }
        }
        return fits;
    }
}
