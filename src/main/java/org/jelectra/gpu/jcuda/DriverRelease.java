package org.jelectra.gpu.jcuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which NVIDIA driver supports which CUDA and which PTX (release notes of the CUDA toolkit, table "CUDA Toolkit and Corresponding
 * Driver Versions"; PTX ISA, section "Release History").
 */
final class DriverRelease {

    /** The oldest CUDA version that jelectra runs on, 1000 major + 10 minor: what JCuda's natives were built for. */
    static final int OLDEST = 12000;

    private static final Path PROC = Path.of("/proc/driver/nvidia/version");
    private static final Pattern RELEASE = Pattern.compile("Kernel Module\\D*?(?:x86_64\\D*)?(\\d{3,}(?:\\.\\d+)+)");

    private static final NavigableMap<Integer, Integer> FIRST_DRIVER = new TreeMap<>(Map.ofEntries(
            Map.entry(12000, 525),
            Map.entry(12010, 530),
            Map.entry(12020, 535),
            Map.entry(12030, 545),
            Map.entry(12040, 550),
            Map.entry(12050, 555),
            Map.entry(12060, 560),
            Map.entry(12080, 570),
            Map.entry(12090, 575),
            Map.entry(13000, 580)));

    private DriverRelease() {}

    /** CUDA version as people write it: 12040 is 12.4. */
    static String cuda(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    /** Says which driver is needed for a CUDA version. */
    static String needed(int cuda) {
        Map.Entry<Integer, Integer> entry = FIRST_DRIVER.ceilingEntry(cuda);
        return "CUDA " + cuda(cuda) + " or newer is needed"
                + (entry == null ? "" : ", which NVIDIA driver " + entry.getValue() + " or newer has");
    }

    /** The CUDA version that brought a PTX version, which is 10 major + minor. */
    static int cudaOfPtx(int ptx) {
        if (ptx >= 90) {
            return 13000 + 10 * (ptx - 90);
        }
        if (ptx >= 86) {
            return 12070 + 10 * (ptx - 86);
        }
        return ptx >= 80 ? 12000 + 10 * (ptx - 80) : 11000 + 10 * Math.max(0, ptx - 70);
    }

    /** The driver's own number, such as 550.54.14, where the kernel tells. */
    static Optional<String> installed() {
        try {
            return Files.isReadable(PROC)
                    ? find(Files.readString(PROC, StandardCharsets.ISO_8859_1))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static Optional<String> find(String text) {
        Matcher matcher = RELEASE.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
