package org.jelectra.gpu.sim;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.gpu.GpuException;
import org.jelectra.gpu.GpuModuleException;
import org.jelectra.gpu.PtxHeader;
import org.jelectra.gpu.sim.ptx.PtxModule;
import org.jelectra.gpu.sim.ptx.PtxOperand;
import org.jelectra.gpu.sim.ptx.PtxSyntaxException;
import org.jelectra.gpu.sim.ptx.PtxVariable;

/** A module whose kernels are translated and whose variables have memory. */
final class LoadedModule {

    /** Most sources whose programs are kept: more than ship. */
    private static final int KEPT = 64;

    /** What programs are translated from. */
    private record Source(String ptx, Numerics numerics) {}

    /** The programs of modules without variables: they are the same on all devices, and never change. */
    private static final Map<Source, Map<String, Program>> TRANSLATED =
            Collections.synchronizedMap(new LinkedHashMap<>(KEPT, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Source, Map<String, Program>> eldest) {
                    return size() > KEPT;
                }
            });

    final Map<String, Program> programs = new LinkedHashMap<>();
    private final List<Allocation> variables = new ArrayList<>();
    private boolean unloaded;

    /**
     * @param name names the module in errors
     * @throws GpuModuleException naming the line that cannot be read or executed, or the version that is too new
     */
    static LoadedModule load(String name, byte[] ptx, DeviceSpace space, SimulatorOptions options) {
        PtxHeader header = PtxHeader.parse(name, ptx);
        int newest = options.ptxVersion();
        if (header.version() > newest) {
            throw new GpuModuleException(
                    222,
                    "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
                    "module " + name + " is PTX " + header.version() / 10 + "." + header.version() % 10
                            + ", and the driver (CUDA " + options.driverVersion / 1000 + "."
                            + options.driverVersion / 10 % 100 + ") knows versions up to " + newest / 10 + "."
                            + newest % 10 + "; a lower .version helps where"
                            + " the instructions allow one, or a newer driver (SimulatorOptions.withDriver)",
                    "");
        }
        int capability = options.computeCapability;
        boolean runs = header.architectureSpecific() ? header.target() == capability : header.target() <= capability;
        if (!runs) {
            throw new GpuModuleException(
                    209,
                    "CUDA_ERROR_NO_BINARY_FOR_GPU",
                    "module " + name + " is for sm_" + header.target() + (header.architectureSpecific() ? "a" : "")
                            + ", the device is sm_" + capability,
                    "");
        }
        LoadedModule loaded = new LoadedModule();
        try {
            Numerics numerics =
                    new Numerics(options.cutSums ? DeviceSums.of(capability) : null, options.roughFunctions);
            loaded.translate(name, new Source(new String(ptx, StandardCharsets.ISO_8859_1), numerics), space);
        } catch (PtxSyntaxException e) {
            loaded.release(space);
            throw new GpuModuleException(
                    218,
                    "CUDA_ERROR_INVALID_PTX",
                    "module " + name + " cannot be executed by the simulator",
                    e.getMessage());
        }
        return loaded;
    }

    private void translate(String name, Source source, DeviceSpace space) {
        Map<String, Program> translated = TRANSLATED.get(source);
        if (translated != null) {
            programs.putAll(translated);
            return;
        }
        PtxModule module = PtxModule.parse(source.ptx());
        Map<String, Long> globals = new HashMap<>();
        for (PtxVariable variable : module.variables()) {
            if (variable.space().equals("global") || variable.space().equals("const")) {
                Allocation allocation =
                        space.allocate(variable.bytes(), "variable " + variable.name() + " of module " + name);
                variables.add(allocation);
                initialise(variable, allocation);
                globals.put(variable.name(), allocation.address);
            }
        }
        module.kernels().forEach((kernel, parsed) -> {
            programs.put(kernel, KernelTranslator.translate(module, parsed, globals, source.numerics()));
        });
        if (variables.isEmpty()) {
            TRANSLATED.put(source, new LinkedHashMap<>(programs));
        }
    }

    /** Module variables without a value are zero. */
    private static void initialise(PtxVariable variable, Allocation allocation) {
        int bytes = PtxVariable.bytesOf(variable.line(), variable.type());
        int offset = 0;
        for (String text : variable.initial()) {
            PtxOperand value = PtxOperand.constant(variable.line(), text);
            for (int i = 0; i < bytes; i++) {
                allocation.data[offset++] = (byte) (value.bits() >>> 8 * i);
            }
        }
        allocation.markWritten(0, allocation.data.length);
    }

    /** For what must not happen to a kernel of a module that has been unloaded. */
    void requireLoaded(String kernel) {
        if (unloaded) {
            throw new GpuException(
                    400, "CUDA_ERROR_INVALID_HANDLE", "the module of kernel " + kernel + " has been unloaded");
        }
    }

    /** Unloads it: gives the memory of the variables back. */
    void release(DeviceSpace space) {
        unloaded = true;
        variables.forEach(variable -> space.release(variable.address));
        variables.clear();
    }
}
