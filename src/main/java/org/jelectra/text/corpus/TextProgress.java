package org.jelectra.text.corpus;

/**
 * How far the reading of a corpus is.
 *
 * @param bytesRead bytes of the input files that are done, as they are stored
 * @param totalBytes bytes of all input files; 0 if unknown
 * @param startBytes where this process began, more than 0 if it went on after an interruption
 * @param textBytes bytes of text, unpacked, that this process has done
 * @param tokens tokens, or words where there are no tokens yet, so far
 * @param seconds since this process was at {@code startBytes}
 */
public record TextProgress(
        long bytesRead, long totalBytes, long startBytes, long textBytes, long tokens, double seconds) {

    /** Megabytes (10^6 bytes) of text per second, in this process. */
    public double megabytesPerSecond() {
        return seconds > 0 ? textBytes / seconds / 1e6 : 0;
    }

    /** Seconds that remain at this speed; NaN if unknown. */
    public double remainingSeconds() {
        long done = bytesRead - startBytes;
        return totalBytes > 0 && done > 0 ? seconds / done * Math.max(0, totalBytes - bytesRead) : Double.NaN;
    }
}
