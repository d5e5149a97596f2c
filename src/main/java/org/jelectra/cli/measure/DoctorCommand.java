package org.jelectra.cli.measure;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jelectra.backend.Availability;
import org.jelectra.backend.Backends;
import org.jelectra.backend.check.SelfCheck;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.backend.cuda.LoadedKernel;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.ShutdownHook;
import org.jelectra.cli.console.UnusedOptions;
import org.jelectra.gpu.DeviceProperties;
import org.jelectra.io.Json;
import org.jelectra.io.Release;
import org.jelectra.tensor.DType;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra doctor}: what the machine has, and whether it computes the right numbers. */
@Command(
        name = "doctor",
        sortOptions = false,
        description = {
            "Tells which backends this machine has, why others cannot run, and whether all compute what they"
                    + " should.",
            "Loads every kernel and compares every operation with the reference: a GPU's with the processor, the processor's"
                    + " vector kernels with scalar ones, many threads with one. Exit code 1 where something that should work"
                    + " does not."
        })
public final class DoctorCommand implements Callable<Integer> {

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description =
                    "cpu or cuda: a backend that must be there. Default: cuda where an NVIDIA driver is installed.")
    private String backend;

    @Option(names = "--simulate", description = "Check the GPU's kernels on the simulated device too.")
    private boolean simulate;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(
            names = "--load",
            paramLabel = "I/N",
            description =
                    "Do no more than load the I-th of N shares of the GPU's kernels: the driver compiles in one thread and"
                            + " keeps the results, so N processes at once are sooner done.")
    private String share;

    @Override
    public Integer call() {
        if (share != null) {
            UnusedOptions.refuse(spec, "the checks, which --load leaves out", "--backend", "--simulate", "--json");
            return loadShare();
        }
        if (backend != null && !backend.equals(Backends.CPU) && !backend.equals(Backends.CUDA)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "no backend is named '" + backend + "'; there are cpu and cuda");
        }
        Doctor doctor = new Doctor();
        // where a signal ends it, as that of a time limit, what it has found is not lost, nor what hung
        ShutdownHook ended = ShutdownHook.of(() -> {
            String when = "ended by a signal while it was " + doctor.doing();
            doctor.problem(when);
            print(doctor.findings());
            console.err().println("jelectra doctor: " + when);
        });
        boolean running;
        try {
            doctor.examine(backend, simulate);
        } catch (RuntimeException | Error e) {
            doctor.problem(e + ", " + doctor.doing());
        } finally {
            running = ended.cancel();
        }
        if (!running) {
            return Console.FAILURE; // that has printed it
        }
        Doctor.Findings findings = doctor.findings();
        print(findings);
        return findings.problems().isEmpty() ? 0 : Console.FAILURE;
    }

    private void print(Doctor.Findings findings) {
        if (json) {
            console.out().print(Json.text(json(findings)));
        } else {
            print(console.out(), findings);
        }
        console.out().flush();
    }

    private int loadShare() {
        Matcher numbers = Pattern.compile("([1-9]\\d{0,3})/([1-9]\\d{0,3})").matcher(share);
        if (!numbers.matches() || Integer.parseInt(numbers.group(1)) > Integer.parseInt(numbers.group(2))) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--load needs I/N, such as 1/4 to 4/4, got '" + share + "'");
        }
        try (CudaBackend cuda = CudaBackend.open(DType.FLOAT32)) {
            List<LoadedKernel> loaded =
                    cuda.loadKernels(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)));
            console.out().println("share " + share + ": " + loaded.size() + " kernels load");
        }
        return 0;
    }

    private static String system() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch");
    }

    private static String java() {
        return System.getProperty("java.vm.name") + " " + System.getProperty("java.version");
    }

    private static void print(PrintStream out, Doctor.Findings findings) {
        line(out, "jelectra", "%s", Release.version());
        line(out, "system", "%s, %d processors", system(), Runtime.getRuntime().availableProcessors());
        line(
                out,
                "java",
                "%s, heap of at most %.1f GB",
                java(),
                Runtime.getRuntime().maxMemory() / 1e9);
        for (Availability each : findings.backends()) {
            line(out, each.name(), "%s%s", each.available() ? "" : "not available: ", each.description());
        }
        DeviceProperties device = findings.device();
        if (device != null) {
            line(
                    out,
                    "device",
                    "compute capability %d.%d, %d multiprocessors, %.1f GB memory, %d KB shared memory a block",
                    device.computeCapability() / 10,
                    device.computeCapability() % 10,
                    device.multiprocessors(),
                    device.memoryBytes() / 1e9,
                    device.sharedMemoryPerBlock() >> 10);
        }
        for (Doctor.Check check : findings.checks()) {
            line(
                    out,
                    "check",
                    "%s: %s%d operations %s%s the reference (%s), largest difference %.1e, %.1f s",
                    check.subject(),
                    check.kernels() == 0 ? "" : check.kernels() + " kernels load, ",
                    check.outcomes().size(),
                    check.ended() ? "" : "so far ",
                    check.passed() ? "agree with" : "compared with",
                    check.reference(),
                    check.largestError(),
                    check.seconds());
        }
        findings.remarks().forEach(remark -> line(out, "remark", "%s", remark));
        findings.problems().forEach(problem -> line(out, "problem", "%s", problem.replaceAll("\\s*\\R\\s*", "; ")));
        if (findings.problems().isEmpty()) {
            out.println("all well");
        }
    }

    private static void line(PrintStream out, String name, String format, Object... values) {
        out.printf(Locale.ROOT, "%-9s %s%n", name, String.format(Locale.ROOT, format, values));
    }

    private static JsonObject json(Doctor.Findings findings) {
        Gson gson = new Gson();
        JsonObject result = new JsonObject();
        result.addProperty("ok", findings.problems().isEmpty());
        result.addProperty("jelectra", Release.version());
        result.addProperty("system", system());
        result.addProperty("processors", Runtime.getRuntime().availableProcessors());
        result.addProperty("java", java());
        result.addProperty("max_heap_bytes", Runtime.getRuntime().maxMemory());
        result.add("backends", gson.toJsonTree(findings.backends()));
        if (findings.device() != null) {
            result.add("device", gson.toJsonTree(findings.device()));
        }
        JsonArray checks = new JsonArray();
        findings.checks().forEach(check -> checks.add(json(check)));
        result.add("checks", checks);
        result.add("problems", gson.toJsonTree(findings.problems()));
        result.add("remarks", gson.toJsonTree(findings.remarks()));
        return result;
    }

    static JsonObject json(Doctor.Check check) {
        JsonObject result = new JsonObject();
        result.addProperty("subject", check.subject());
        result.addProperty("reference", check.reference());
        result.addProperty("passed", check.passed());
        result.addProperty("ended", check.ended());
        result.addProperty("kernels", check.kernels());
        result.addProperty("seconds", check.seconds());
        JsonArray operations = new JsonArray();
        for (SelfCheck.Outcome outcome : check.outcomes()) {
            JsonObject operation = new JsonObject();
            operation.addProperty("operation", outcome.operation());
            operation.addProperty("sizes", outcome.sizes().toString());
            operation.add("error", Json.number(outcome.error()));
            if (!outcome.passed()) {
                operation.addProperty("problem", outcome.problem());
            }
            operations.add(operation);
        }
        result.add("operations", operations);
        return result;
    }
}
