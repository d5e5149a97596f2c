package org.jelectra.gpu.sim;

/** One register's part of a load or store. */
abstract class Transfer {

    final int slot;
    /** Bytes from the beginning of the access. */
    final int delta;

    Transfer(int slot, int delta) {
        this.slot = slot;
        this.delta = delta;
    }

    /** Memory to register. */
    abstract void load(Warp warp, int lanes);

    /** Register to memory. */
    abstract void store(Warp warp, int lanes);

    /**
     * For a register and a type.
     *
     * @param bytes size in memory
     * @param signed whether a load extends the sign
     * @param registerBytes size of the register
     */
    static Transfer of(RegisterClass registerClass, int slot, int delta, int bytes, boolean signed, int registerBytes) {
        return switch (registerClass) {
            case INT ->
                bytes == 4
                        ? new Word(slot, delta)
                        : new Narrow(slot, delta, bytes, signed, registerBytes == 2 ? 0xFFFF : -1);
            case FLOAT -> new Single(slot, delta);
            case LONG -> new Wide(slot, delta);
            case DOUBLE -> new Twice(slot, delta);
            default -> throw new IllegalArgumentException("predicates have no place in memory");
        };
    }

    private static final class Word extends Transfer {

        Word(int slot, int delta) {
            super(slot, delta);
        }

        @Override
        void load(Warp warp, int lanes) {
            int[] register = warp.ints[slot];
            int[] places = warp.scratch.offsets;
            byte[] memory = warp.memory;
            if (lanes == Lanes.ALL) {
                for (int lane = 0; lane < Lanes.COUNT; lane++) {
                    register[lane] = (int) Bytes.INT.get(memory, places[lane] + delta);
                }
                return;
            }
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                register[lane] = (int) Bytes.INT.get(memory, places[lane] + delta);
            }
        }

        @Override
        void store(Warp warp, int lanes) {
            int[] register = warp.ints[slot];
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                Bytes.INT.set(warp.memory, warp.scratch.offsets[lane] + delta, register[lane]);
            }
        }
    }

    private static final class Single extends Transfer {

        Single(int slot, int delta) {
            super(slot, delta);
        }

        @Override
        void load(Warp warp, int lanes) {
            float[] register = warp.floats[slot];
            int[] places = warp.scratch.offsets;
            byte[] memory = warp.memory;
            if (lanes == Lanes.ALL) {
                for (int lane = 0; lane < Lanes.COUNT; lane++) {
                    register[lane] = (float) Bytes.FLOAT.get(memory, places[lane] + delta);
                }
                return;
            }
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                register[lane] = (float) Bytes.FLOAT.get(memory, places[lane] + delta);
            }
        }

        @Override
        void store(Warp warp, int lanes) {
            float[] register = warp.floats[slot];
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                Bytes.FLOAT.set(warp.memory, warp.scratch.offsets[lane] + delta, register[lane]);
            }
        }
    }

    private static final class Wide extends Transfer {

        Wide(int slot, int delta) {
            super(slot, delta);
        }

        @Override
        void load(Warp warp, int lanes) {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                warp.longs[slot][lane] = (long) Bytes.LONG.get(warp.memory, warp.scratch.offsets[lane] + delta);
            }
        }

        @Override
        void store(Warp warp, int lanes) {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                Bytes.LONG.set(warp.memory, warp.scratch.offsets[lane] + delta, warp.longs[slot][lane]);
            }
        }
    }

    private static final class Twice extends Transfer {

        Twice(int slot, int delta) {
            super(slot, delta);
        }

        @Override
        void load(Warp warp, int lanes) {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                warp.doubles[slot][lane] = (double) Bytes.DOUBLE.get(warp.memory, warp.scratch.offsets[lane] + delta);
            }
        }

        @Override
        void store(Warp warp, int lanes) {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                Bytes.DOUBLE.set(warp.memory, warp.scratch.offsets[lane] + delta, warp.doubles[slot][lane]);
            }
        }
    }

    /** One or two bytes. */
    private static final class Narrow extends Transfer {

        private final int bytes;
        private final boolean signed;
        private final int kept;

        Narrow(int slot, int delta, int bytes, boolean signed, int kept) {
            super(slot, delta);
            this.bytes = bytes;
            this.signed = signed;
            this.kept = kept;
        }

        @Override
        void load(Warp warp, int lanes) {
            int[] register = warp.ints[slot];
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                int place = warp.scratch.offsets[lane] + delta;
                int value = bytes == 1 ? warp.memory[place] & 0xFF : (char) Bytes.CHAR.get(warp.memory, place);
                if (signed) {
                    value = bytes == 1 ? (byte) value : (short) value;
                }
                register[lane] = value & kept;
            }
        }

        @Override
        void store(Warp warp, int lanes) {
            int[] register = warp.ints[slot];
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                int place = warp.scratch.offsets[lane] + delta;
                if (bytes == 1) {
                    warp.memory[place] = (byte) register[lane];
                } else {
                    Bytes.SHORT.set(warp.memory, place, (short) register[lane]);
                }
            }
        }
    }
}
