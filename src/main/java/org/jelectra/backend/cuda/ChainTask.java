package org.jelectra.backend.cuda;

import java.nio.ByteBuffer;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;

/**
 * A launch whose work for one sequence a block of a {@link SequenceChain} can do as well.
 *
 * @param device that the launch runs on
 * @param arguments of the launch
 * @param rows tokens of all sequences
 * @param length tokens of a sequence; 0 where rows do not depend on each other
 * @param parts partial sums that it leaves; 0 for none
 */
record ChainTask(Device device, Kind kind, KernelArguments arguments, int rows, int length, int parts, Operation launch)
        implements Operation {

    /** Bytes of a task in the table of a chain, as in {@code kernels/encoder/task.cuh}. */
    static final int BYTES = 192;

    /** What the kernels {@code encoder_forward} and {@code encoder_backward} know. */
    enum Kind {
        SELF_ATTENTION_FORWARD(true, 0),
        FEED_FORWARD(true, 1),
        SELF_ATTENTION_BACKWARD(false, 0),
        SELF_ATTENTION_BACKWARD_LAYER_NORM(false, 1),
        FEED_FORWARD_BACKWARD(false, 2),
        LAYER_NORM_BACKWARD(false, 3);

        final boolean forward;
        final int number;

        Kind(boolean forward, int number) {
            this.forward = forward;
            this.number = number;
        }
    }

    @Override
    public void run() {
        launch.run();
    }

    /** Writes the next task of a table. */
    void put(ByteBuffer table) {
        int end = table.position() + BYTES;
        table.putInt(kind.number).putInt(parts).put(arguments.buffer()).position(end);
    }
}
