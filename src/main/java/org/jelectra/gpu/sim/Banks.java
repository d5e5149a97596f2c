package org.jelectra.gpu.sim;

import java.util.Arrays;

/**
 * The 32 banks of 4 bytes of shared memory. A request of up to 4 bytes a lane is served for the warp at once, one of 8 bytes for
 * each half of it, one of 16 bytes for each quarter; each of these takes as many wavefronts as the bank with the most distinct
 * words. Lanes that want the same word cost nothing.
 */
final class Banks {

    private static final int BANKS = 32;

    private final int[] words = new int[BANKS * Lanes.COUNT];
    private final int[] used = new int[BANKS];

    /** Wavefronts of a request. */
    int wavefronts(int[] places, int bytes, int lanes) {
        int group = lanesPerPhase(bytes);
        int total = 0;
        for (int from = 0; from < Lanes.COUNT; from += group) {
            int part = lanes & phase(from, group);
            if (part != 0) {
                total += wavefrontsOfPhase(places, bytes, part);
            }
        }
        return total;
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

    private int wavefrontsOfPhase(int[] places, int bytes, int lanes) {
        Arrays.fill(used, 0);
        int most = 1;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int place = places[Lanes.first(rest)];
            for (int word = place >> 2; word <= place + bytes - 1 >> 2; word++) {
                most = Math.max(most, add(word));
            }
        }
        return most;
    }

    /** Distinct words of the word's bank so far. */
    private int add(int word) {
        int bank = word & BANKS - 1;
        int count = used[bank];
        for (int i = 0; i < count; i++) {
            if (words[bank * Lanes.COUNT + i] == word) {
                return count;
            }
        }
        words[bank * Lanes.COUNT + count] = word;
        return used[bank] = count + 1;
    }
}
