package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What every {@link Backend} must do: a backend's test is a subclass that creates it. Results are compared with plain double
 * arithmetic, gradients with finite differences of that, random decisions with a direct reading of their definition, joined operations
 * with their parts.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendContract
        implements ActivationContract,
                LinearContract,
                LayerNormContract,
                AttentionContract,
                SelfAttentionContract,
                EmbeddingContract,
                JoinedContract,
                LossContract,
                WideLogitsContract,
                CopyCrossEntropyContract,
                ExtremeLogitsContract,
                PolicyGradientContract,
                TaskLossContract,
                PositionPoolingContract,
                SamplingContract,
                OptimizerContract,
                OperandContract {

    private Workbench bench;

    /** A new backend; it is closed after the last test. */
    protected abstract Backend backend();

    @Override
    public Workbench bench() {
        return bench;
    }

    @BeforeAll
    void open() {
        bench = new Workbench(backend());
    }

    @AfterEach
    void checkNeighboursAndInputs() {
        bench.endTrial();
    }

    @AfterAll
    void close() {
        if (bench != null) { // without the device that it needs, a test ends before it begins
            bench.close();
        }
    }

    @Test
    void describesItself() {
        assertThat(bench.backend().name()).isNotBlank().doesNotContain(" ");
        assertThat(bench.backend().description()).isNotBlank().doesNotContain("\n");
    }
}
