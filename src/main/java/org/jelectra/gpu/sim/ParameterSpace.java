package org.jelectra.gpu.sim;

/** The kernel's parameters. */
final class ParameterSpace extends Space {

    ParameterSpace(int base, long offset) {
        super(base, offset);
    }

    @Override
    int locate(Warp warp, int lanes, int bytes, boolean write) {
        byte[] parameters = warp.block.parameters;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            int place = warp.ints[base][lane] + (int) offset;
            if (place < 0 || place > parameters.length - bytes || write) {
                throw warp.fault(
                        FaultKind.OUT_OF_BOUNDS,
                        lane,
                        place,
                        bytes + " bytes at " + place + " of " + parameters.length + " bytes of parameters");
            }
            warp.scratch.offsets[lane] = place;
        }
        warp.memory = parameters;
        return lanes;
    }
}
