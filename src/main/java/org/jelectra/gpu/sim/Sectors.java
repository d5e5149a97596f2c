package org.jelectra.gpu.sim;

/** The sectors of 32 bytes that a request touches. */
final class Sectors {

    private static final int SECTOR_SHIFT = 5;

    private final int[] sorted = new int[Lanes.COUNT];
    private int touched;
    private int ideal;

    /** Number of sectors of the last request. */
    int touched() {
        return touched;
    }

    /** Number of sectors that could have held the distinct bytes of the last request. */
    int ideal() {
        return ideal;
    }

    /**
     * @param places where each lane begins
     * @param bytes what each lane accesses
     */
    void count(int[] places, int bytes, int lanes) {
        if (lanes == Lanes.ALL && contiguous(places, bytes)) {
            int end = places[0] + Lanes.COUNT * bytes - 1;
            touched = (end >> SECTOR_SHIFT) - (places[0] >> SECTOR_SHIFT) + 1;
            ideal = bytes;
            return;
        }
        int count = sort(places, lanes);
        touched = 0;
        int distinct = 0;
        long end = -1;
        for (int i = 0; i < count; i++) {
            long begin = Math.max(sorted[i], end);
            long newEnd = (long) sorted[i] + bytes;
            if (newEnd > end) {
                distinct += (int) (newEnd - begin);
                long firstNew = begin >> SECTOR_SHIFT;
                if (end >= 0 && end - 1 >> SECTOR_SHIFT == firstNew) {
                    firstNew++;
                }
                touched += (int) ((newEnd - 1 >> SECTOR_SHIFT) - firstNew + 1);
                end = newEnd;
            }
        }
        ideal = distinct + 31 >> SECTOR_SHIFT;
    }

    private static boolean contiguous(int[] places, int bytes) {
        int different = 0;
        for (int lane = 1; lane < Lanes.COUNT; lane++) {
            different |= places[lane] - places[lane - 1] ^ bytes;
        }
        return different == 0;
    }

    private int sort(int[] places, int lanes) {
        int count = 0;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int place = places[Lanes.first(rest)];
            int at = count++;
            while (at > 0 && sorted[at - 1] > place) {
                sorted[at] = sorted[at - 1];
                at--;
            }
            sorted[at] = place;
        }
        return count;
    }
}
