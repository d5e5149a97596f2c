package org.jelectra.gpu.sim;

import java.util.Arrays;

/**
 * The registers of a warp that its asynchronous products have as operands: in use from the product's start to its end, and to be used
 * by a product only behind a fence.
 */
final class AsyncRegisters {

    private final Warp warp;
    /** For each register by number the products in flight that add to it, the columns of the last one, and those whose A it is. */
    private final int[] adding;

    private final int[] shapes;
    private final int[] feeding;
    /** Registers that other instructions have used since the last fence. */
    private final boolean[] touched;

    private boolean fenced;

    AsyncRegisters(Warp warp) {
        this.warp = warp;
        int registers = warp.block.program.registerNames.length;
        adding = new int[registers];
        shapes = new int[registers];
        feeding = new int[registers];
        touched = new boolean[registers];
    }

    void clear() {
        Arrays.fill(adding, 0);
        Arrays.fill(feeding, 0);
        Arrays.fill(touched, false);
        fenced = false;
    }

    /** Another instruction uses registers that products have as operands. */
    void touch(int[] registers, int lanes) {
        for (int register : registers) {
            if (adding[register] != 0 || feeding[register] != 0) {
                throw inFlight(Lanes.first(lanes), register);
            }
            touched[register] = true;
        }
    }

    /** {@code wgmma.fence}. */
    void fence() {
        fenced = true;
        Arrays.fill(touched, false);
    }

    /** Whether a product may start, as a fault where not. */
    void check(AsyncProduct product) {
        if (!fenced) {
            throw warp.fault(FaultKind.UNFENCED, 0, 0, "the warp has executed no wgmma.fence before");
        }
        for (int register : product.sumNumbers) {
            if (feeding[register] != 0 || adding[register] != 0 && shapes[register] != product.columns) {
                throw inFlight(0, register);
            }
            checkFenced(register);
        }
        for (int register : product.fragmentNumbers) {
            if (adding[register] != 0) {
                throw inFlight(0, register);
            }
            checkFenced(register);
        }
    }

    private void checkFenced(int register) {
        if (touched[register]) {
            throw warp.fault(
                    FaultKind.UNFENCED,
                    0,
                    0,
                    "register " + name(register) + " was used by other instructions with no wgmma.fence since");
        }
    }

    private KernelFault inFlight(int lane, int register) {
        return warp.fault(
                FaultKind.PENDING_PRODUCT,
                lane,
                0,
                "register " + name(register) + " is an operand of a wgmma.mma_async that no wait has completed");
    }

    private String name(int register) {
        return warp.block.program.registerNames[register];
    }

    /** A product starts. */
    void begin(AsyncProduct product) {
        for (int register : product.sumNumbers) {
            adding[register]++;
            shapes[register] = product.columns;
        }
        for (int register : product.fragmentNumbers) {
            feeding[register]++;
        }
    }

    /** A product has been computed. */
    void end(AsyncProduct product) {
        for (int register : product.sumNumbers) {
            adding[register]--;
        }
        for (int register : product.fragmentNumbers) {
            feeding[register]--;
        }
    }
}
