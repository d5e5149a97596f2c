package org.jelectra.cli.measure;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jelectra.backend.check.KernelSurvey;
import org.jelectra.backend.check.SurveyedKernel;
import org.jelectra.cli.console.Console;
import org.jelectra.gpu.jcuda.KernelResources;
import org.jelectra.gpu.sim.KernelCounters;
import org.jelectra.io.Json;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra kernels}: what each GPU kernel costs, without a GPU. */
@Command(
        name = "kernels",
        sortOptions = false,
        description = {
            "Runs the GPU kernels on the simulated device and prints what each costs.",
            "At sizes of the presets: instructions of warps, sectors of 32 bytes of global memory and"
                    + " wavefronts of shared memory, both also as multiples of the least possible, and, where NVIDIA's"
                    + " PTX compiler is present, registers, static shared memory and spilled bytes for sm_80/sm_90."
                    + " Kernels for compute capability 9.0 alone are marked sm_90a."
        })
public final class KernelsCommand implements Callable<Integer> {

    private static final String ROW = "%-38s %12s %11s %6s %11s %6s  %-9s %-11s %s%n";

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "Parts of names. Default: all kernels.")
    private List<String> names = List.of();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        for (String name : names) {
            if (KernelSurvey.kernels().stream().noneMatch(kernel -> kernel.contains(name))) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "no kernel has '" + name + "' in its name; '" + spec.qualifiedName(" ") + "' lists all");
            }
        }
        List<SurveyedKernel> kernels =
                KernelSurvey.run(kernel -> names.isEmpty() || names.stream().anyMatch(kernel::contains));
        CompiledKernels compiled = CompiledKernels.of(
                kernels.stream().map(SurveyedKernel::module).distinct().toList());
        if (json) {
            console.out().print(Json.text(json(kernels, compiled)));
        } else {
            print(console.out(), kernels, compiled);
        }
        return 0;
    }

    private static void print(PrintStream out, List<SurveyedKernel> kernels, CompiledKernels compiled) {
        out.printf(
                Locale.ROOT,
                ROW,
                "kernel",
                "instructions",
                "sectors",
                "/ideal",
                "wavefronts",
                "/ideal",
                "registers",
                "shared",
                "spills");
        for (SurveyedKernel kernel : kernels) {
            KernelCounters counters = kernel.counters();
            out.printf(
                    Locale.ROOT,
                    ROW,
                    kernel.name() + (kernel.module().endsWith("_sm90a") ? " sm_90a" : ""),
                    counters.warpInstructions(),
                    sectors(counters),
                    ratio(kernel.sectorRatio()),
                    counters.sharedWavefronts(),
                    counters.sharedWavefronts() == 0 ? "-" : ratio(kernel.wavefrontRatio()),
                    compiled.each(kernel, KernelResources::registers),
                    compiled.each(kernel, KernelResources::sharedBytes),
                    compiled.each(kernel, resources -> resources.spillStores() + resources.spillLoads()));
        }
        if (compiled.problem() != null) {
            out.println("registers, shared memory and spills are not available: " + compiled.problem());
        }
    }

    private static long sectors(KernelCounters counters) {
        return counters.loadSectors() + counters.storeSectors();
    }

    private static String ratio(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static JsonObject json(List<SurveyedKernel> kernels, CompiledKernels compiled) {
        Gson gson = new Gson();
        JsonObject result = new JsonObject();
        JsonArray rows = new JsonArray();
        for (SurveyedKernel kernel : kernels) {
            JsonObject row = gson.toJsonTree(kernel.counters()).getAsJsonObject();
            row.addProperty("family", kernel.module());
            row.addProperty("sizes", kernel.sizes().toString());
            row.addProperty("sectorRatio", kernel.sectorRatio());
            row.addProperty("wavefrontRatio", kernel.wavefrontRatio());
            if (compiled.problem() == null) {
                JsonObject resources = new JsonObject();
                compiled.of(kernel)
                        .forEach((architecture, needs) -> resources.add(architecture, gson.toJsonTree(needs)));
                row.add("resources", resources);
            }
            rows.add(row);
        }
        result.add("kernels", rows);
        if (compiled.problem() != null) {
            result.addProperty("resourcesNotAvailable", compiled.problem());
        }
        return result;
    }
}
