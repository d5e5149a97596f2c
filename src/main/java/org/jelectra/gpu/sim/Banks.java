package org.jelectra.gpu.sim;

/**
 * The 32 banks of 4 bytes of shared memory. A request of up to 4 bytes a lane is served for the warp at once, one of 8 bytes for
 * each half of it, one of 16 bytes for each quarter; each of these takes as many wavefronts as the bank with the most distinct
 * words. Lanes that want the same word cost nothing.
 */
final class Banks {

    private static final int BANKS = 32;

    /** The first unit of each group of banks. */
    private final int[] firsts = new int[BANKS];
    /** Distinct units of each group of banks, a row of the array for each group. */
    private final int[] units = new int[BANKS * Lanes.COUNT];

    private final int[] counts = new int[BANKS];

    /**
     * Wavefronts of a request.
     *
     * @param places of each lane, multiples of {@code bytes}
     * @param bytes 1, 2, 4, 8 or 16
     */
    int wavefronts(int[] places, int bytes, int lanes) {
        if (lanes == Lanes.ALL && contiguous(places, bytes)) {
            return phases(bytes, lanes);
        }
        int group = lanesPerPhase(bytes);
        int total = 0;
        for (int from = 0; from < Lanes.COUNT; from += group) {
            int part = lanes & phase(from, group);
            if (part != 0) {
                total += wavefrontsOfPhase(places, Math.max(2, Integer.numberOfTrailingZeros(bytes)), part);
            }
        }
        return total;
    }

    /** Whether the lanes want neighbours, each the next one, or all the same: no two want one bank for different words. */
    private static boolean contiguous(int[] places, int bytes) {
        int step = places[1] - places[0];
        if (step != bytes && step != 0) {
            return false;
        }
        int different = 0;
        for (int lane = 1; lane < Lanes.COUNT; lane++) {
            different |= places[lane] - places[lane - 1] ^ step;
        }
        return different == 0;
    }

    /** Wavefronts of a request without conflicts. */
    static int phases(int bytes, int lanes) {
        int group = lanesPerPhase(bytes);
        int phases = 0;
        for (int from = 0; from < Lanes.COUNT; from += group) {
            phases += (lanes & phase(from, group)) != 0 ? 1 : 0;
        }
        return phases;
    }

    private static int lanesPerPhase(int bytes) {
        return bytes <= 4 ? Lanes.COUNT : Lanes.COUNT * 4 / bytes;
    }

    private static int phase(int from, int group) {
        return group == Lanes.COUNT ? Lanes.ALL : (1 << group) - 1 << from;
    }

    /** @param shift 2 to this power is what a lane wants, in bytes: a unit, which takes as many neighbouring banks as it has words */
    private int wavefrontsOfPhase(int[] places, int shift, int lanes) {
        int groups = BANKS * 4 >> shift;
        int seen = 0;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int unit = places[Lanes.first(rest)] >> shift;
            int group = unit & groups - 1;
            if ((seen >>> group & 1) != 0 && firsts[group] != unit) {
                return wavefrontsOfConflict(places, shift, lanes);
            }
            seen |= 1 << group;
            firsts[group] = unit;
        }
        return 1;
    }

    private int wavefrontsOfConflict(int[] places, int shift, int lanes) {
        int groups = BANKS * 4 >> shift;
        int seen = 0;
        int most = 1;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int unit = places[Lanes.first(rest)] >> shift;
            int group = unit & groups - 1;
            if ((seen >>> group & 1) == 0) {
                seen |= 1 << group;
                units[group * Lanes.COUNT] = unit;
                counts[group] = 1;
            } else {
                most = Math.max(most, add(group, unit));
            }
        }
        return most;
    }

    /** Distinct units of a group so far. */
    private int add(int group, int unit) {
        int first = group * Lanes.COUNT;
        int count = counts[group];
        for (int i = first; i < first + count; i++) {
            if (units[i] == unit) {
                return count;
            }
        }
        units[first + count] = unit;
        return counts[group] = count + 1;
    }
}
