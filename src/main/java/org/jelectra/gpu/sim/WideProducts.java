package org.jelectra.gpu.sim;

import org.jelectra.gpu.sim.ptx.PtxStatement;

/** {@code mul.wide} and {@code mad.wide}: results twice as wide as the factors. */
final class WideProducts {

    private static final long UNSIGNED = 0xFFFFFFFFL;

    private WideProducts() {}

    static void translate(Translator t, PtxStatement s, String type, boolean signed) {
        boolean adds = s.base().equals("mad");
        int a = t.ints(1);
        int b = t.ints(2);
        if (type.endsWith("16")) {
            int c = adds ? t.ints(3) : t.constant(RegisterClass.INT, 0);
            int d = t.intTarget();
            t.emit(new Custom((warp, lanes) -> {
                for (int rest = lanes; rest != 0; rest &= rest - 1) {
                    int i = Lanes.first(rest);
                    int x = warp.ints[a][i];
                    int y = warp.ints[b][i];
                    int product = signed ? (short) x * (short) y : (x & 0xFFFF) * (y & 0xFFFF);
                    warp.ints[d][i] = product + warp.ints[c][i];
                }
            }));
            return;
        }
        int c = adds ? t.longs(3) : t.constant(RegisterClass.LONG, 0);
        int d = t.longTarget();
        t.emit(new Operation.OfWideProduct(d, a, b, c, loop(signed, adds)));
    }

    private static Loops.WideProducts loop(boolean signed, boolean adds) {
        if (signed) {
            return adds
                    ? (d, a, b, c) -> {
                        for (int i = 0; i < Lanes.COUNT; i++) {
                            d[i] = (long) a[i] * b[i] + c[i];
                        }
                    }
                    : (d, a, b, c) -> {
                        for (int i = 0; i < Lanes.COUNT; i++) {
                            d[i] = (long) a[i] * b[i];
                        }
                    };
        }
        return (d, a, b, c) -> {
            for (int i = 0; i < Lanes.COUNT; i++) {
                d[i] = (a[i] & UNSIGNED) * (b[i] & UNSIGNED) + c[i];
            }
        };
    }
}
