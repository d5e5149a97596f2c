package org.jelectra.pretrain;

import java.io.IOException;
import java.util.List;

/** Several listeners as one, told in their order; any of them may end the run. */
public final class PretrainListeners implements PretrainListener {

    private final List<PretrainListener> listeners;

    /** Joins listeners. */
    public PretrainListeners(List<PretrainListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void onStep(int step) throws IOException {
        for (PretrainListener listener : listeners) {
            listener.onStep(step);
        }
    }

    @Override
    public void onMetrics(StepMetrics metrics) throws IOException {
        for (PretrainListener listener : listeners) {
            listener.onMetrics(metrics);
        }
    }

    @Override
    public void onWarning(String message) {
        listeners.forEach(listener -> listener.onWarning(message));
    }

    @Override
    public boolean endsAfter(int step) {
        return listeners.stream().anyMatch(listener -> listener.endsAfter(step));
    }

    @Override
    public void onEnd(int step) throws IOException {
        for (PretrainListener listener : listeners) {
            listener.onEnd(step);
        }
    }
}
