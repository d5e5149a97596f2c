package org.jelectra.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jelectra.gpu.jcuda.KernelResources;
import org.jelectra.gpu.jcuda.PtxCompiler;

/**
 * What the PTX compiler gives each kernel that ships, as a text of one row for each kernel and architecture, below one that names the
 * compiler and its options. It is committed, so that only PTX that has changed needs to be compiled.
 */
final class ResourceTable {

    static final Path COMMITTED = Path.of("src/test/resources/kernel-resources.txt");

    private static final String ROW = "%-28s %-16s %-7s %-44s %9s %6s %5s %6s %5s %10s\n";
    private static final int COLUMNS = 10;

    /** A module whose PTX has that hash, and what it is compiled for. */
    record Target(String module, String hash, String architecture) implements Comparable<Target> {

        @Override
        public int compareTo(Target other) {
            return toString().compareTo(other.toString());
        }
    }

    private final Map<Target, List<KernelResources>> rows = new TreeMap<>();

    /** The table in a file; empty where it is of another compiler. */
    static ResourceTable read(Path file) throws IOException {
        ResourceTable table = new ResourceTable();
        List<String> lines = Files.readAllLines(file);
        if (!lines.get(0).equals(PtxCompiler.description())) {
            return table;
        }
        for (String line : lines.subList(2, lines.size())) {
            String[] row = line.split(" +");
            if (row.length != COLUMNS) {
                throw new IOException(
                        file + ": a row has " + COLUMNS + " columns, this has " + row.length + ": " + line);
            }
            table.rows
                    .computeIfAbsent(new Target(row[0], row[1], row[2]), target -> new ArrayList<>())
                    .add(new KernelResources(
                            row[3],
                            Integer.parseInt(row[4]),
                            Integer.parseInt(row[5]),
                            Integer.parseInt(row[6]),
                            Integer.parseInt(row[7]),
                            Integer.parseInt(row[8]),
                            row[9].equals("yes")));
        }
        return table;
    }

    /** The kernels of a module; null where the table is of other PTX. */
    List<KernelResources> get(Target target) {
        return rows.get(target);
    }

    void put(Target target, List<KernelResources> kernels) {
        rows.put(target, kernels);
    }

    @Override
    public String toString() {
        StringBuilder table = new StringBuilder(PtxCompiler.description()).append('\n');
        table.append(row(
                "family",
                "of its PTX",
                "for",
                "kernel",
                "registers",
                "shared",
                "stack",
                "stores",
                "loads",
                "serialized"));
        rows.forEach((target, kernels) -> kernels.forEach(kernel -> table.append(row(
                target.module(),
                target.hash(),
                target.architecture(),
                kernel.kernel(),
                kernel.registers(),
                kernel.sharedBytes(),
                kernel.stackBytes(),
                kernel.spillStores(),
                kernel.spillLoads(),
                kernel.serialized() ? "yes" : "no"))));
        return table.toString();
    }

    private static String row(Object... columns) {
        return String.format(ROW, columns);
    }
}
