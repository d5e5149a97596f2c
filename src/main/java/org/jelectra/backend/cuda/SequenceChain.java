package org.jelectra.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.DType;

/** Layers of an encoder by one launch: a block goes through all tasks with its sequence. Kernels: {@code kernels/encoder_bf16.cu}. */
final class SequenceChain {

    /** Of shared memory, what a task takes at most; rows of the table lie behind it, as {@code kernels/encoder/task.cuh} has them. */
    static final int TASK_BYTES = 98 * 1024;

    /** Rows of the table that lie there at a time, PLACES of that file. */
    private static final int PLACES = 4;

    private static final int SHARED_BYTES = TASK_BYTES + PLACES * ChainTask.BYTES;

    /** Sequences from which on a step of {@code kernels/encoder/fetch.cuh}, 64 bytes a thread of the grid, is not of 32 bits. */
    private static final int TOO_MANY = (int) ((1L << 32) / (64 * SelfAttention.THREADS));

    private final Device device;
    private final AttentionShape sequences;
    private final List<Operation> launches = new ArrayList<>();
    private final List<ChainTask> tasks = new ArrayList<>();

    private SequenceChain(Device device, AttentionShape sequences) {
        this.device = device;
        this.sequences = sequences;
    }

    /** Whether a block of this device can have such a sequence, and one launch all of them. */
    static boolean takes(Device device, AttentionShape sequences) {
        return sequences.batch() < TOO_MANY && SelfAttention.fits(device, sequences, SHARED_BYTES);
    }

    /** The operations one after the other, adjacent tasks of a kernel by one launch. */
    static Operation of(Device device, AttentionShape sequences, List<Operation> operations) {
        SequenceChain chain = new SequenceChain(device, sequences);
        if (takes(device, sequences)) {
            operations.forEach(chain::add);
            chain.launch();
        } else {
            chain.launches.addAll(operations);
        }
        return Operation.sequence(chain.launches);
    }

    private void add(Operation operation) {
        if (operation instanceof ChainTask task && fits(task)) {
            if (!tasks.isEmpty() && tasks.get(0).kind().forward != task.kind().forward) {
                launch();
            }
            tasks.add(task);
        } else {
            launch();
            launches.add(operation);
        }
    }

    /** A block has a sequence, the same one in all tasks, and writes a partial sum. */
    private boolean fits(ChainTask task) {
        if (task.device() != device) {
            throw new IllegalArgumentException("a chain was given " + task.kind() + " of another CUDA backend");
        }
        return task.rows() == sequences.batch() * sequences.length()
                && (task.length() == 0 || task.length() == sequences.length())
                && (task.parts() == 0 || task.parts() >= sequences.batch());
    }

    private void launch() {
        if (tasks.size() < 2) {
            launches.addAll(tasks);
        } else {
            launches.add(table());
        }
        tasks.clear();
    }

    private Operation table() {
        ByteBuffer table =
                ByteBuffer.allocateDirect(ChainTask.BYTES * tasks.size()).order(ByteOrder.nativeOrder());
        tasks.forEach(task -> task.put(table));
        boolean forward = tasks.get(0).kind().forward;
        LaunchShape shape =
                LaunchShape.of(sequences.batch(), SelfAttention.THREADS).withShared(SHARED_BYTES);
        return device.operation(
                device.kernel("encoder_bf16", forward ? "encoder_forward_d64" : "encoder_backward_d64", DType.BFLOAT16),
                shape,
                KernelArguments.of()
                        .pointer(device.table(table.flip()).address())
                        .int32(tasks.size())
                        .int32(sequences.length()));
    }
}
