package org.jelectra.backend.cuda;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jelectra.backend.Backend;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuDriver;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.tensor.DType;

/**
 * A device that counts launches by kernel, and the bytes that they must move. Over a {@link SimulatedDriver} with or without
 * running them; over a driver that does nothing, whole steps of real models are cheap.
 */
public final class LaunchCounter {

    /** Tables of launches are smaller than that, tensors of interest larger. */
    private static final int LARGEST_TABLE = 1 << 20;

    private final GpuDriver driver;
    private final boolean runs;
    private final Map<Object, String> modules = new HashMap<>();
    private final Map<Object, Function> functions = new HashMap<>();
    private final Map<Object, Launched> launches = new HashMap<>();
    private final Map<Object, LaunchBytes> accounts = new HashMap<>();
    private final Map<Long, ByteBuffer> tables = new HashMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<Object> counted = new ArrayList<>();
    private final Set<Launched> launched = new LinkedHashSet<>();

    private record Function(String module, String kernel) {}

    /**
     * A launch.
     *
     * @param module name of the kernel's module, without ending
     */
    public record Launched(String module, String kernel, LaunchShape shape) {}

    /** A launch and the bytes that it must move. */
    public record Work(Launched launched, long bytes) {}

    /** On a simulated device, whose kernels do not run. */
    public LaunchCounter() {
        this(new SimulatedDriver(), false);
    }

    /** @param runs whether kernels run */
    public LaunchCounter(GpuDriver driver, boolean runs) {
        this.driver = driver;
        this.runs = runs;
    }

    /** The backend on it. */
    public Backend open(DType valueType) {
        GpuDriver counting = (GpuDriver) Proxy.newProxyInstance(
                GpuDriver.class.getClassLoader(), new Class<?>[] {GpuDriver.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("launch")) {
                        count(arguments[0]);
                        if (!runs) {
                            return null;
                        }
                    }
                    Object result;
                    try {
                        result = method.invoke(driver, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    note(method.getName(), arguments, result);
                    return result;
                });
        return CudaBackend.on(Gpu.open(counting, 0), valueType);
    }

    private void count(Object launch) {
        launched.add(launches.get(launch));
        String kernel = launches.get(launch).kernel();
        counts.merge(kernel, 1, Integer::sum);
        counted.add(launch);
    }

    @SuppressWarnings("unchecked")
    private void note(String method, Object[] arguments, Object result) {
        switch (method) {
            case "loadModule" -> modules.put(result, ((String) arguments[0]).replace(".ptx", ""));
            case "function" -> functions.put(result, new Function(modules.get(arguments[0]), (String) arguments[1]));
            case "prepareLaunch" -> {
                Function function = functions.get(arguments[0]);
                launches.put(result, new Launched(function.module(), function.kernel(), (LaunchShape) arguments[1]));
                accounts.put(
                        result,
                        new LaunchBytes(
                                function.kernel(),
                                (LaunchShape) arguments[1],
                                (ByteBuffer) arguments[2],
                                (List<Integer>) arguments[3],
                                tables));
            }
            case "copyToDevice" -> {
                ByteBuffer source = (ByteBuffer) arguments[1];
                if (source.remaining() <= LARGEST_TABLE) {
                    ByteBuffer copy = ByteBuffer.allocate(source.remaining()).order(ByteOrder.nativeOrder());
                    tables.put((Long) arguments[0], copy.put(source.duplicate()).flip());
                }
            }
            default -> {}
        }
    }

    /** Launches so far, by kernel. */
    public Map<String, Integer> counts() {
        return Collections.unmodifiableMap(counts);
    }

    /** Bytes that they had to move, by kernel. */
    public Map<String, Long> bytes() {
        Map<String, Long> bytes = new TreeMap<>();
        work(launch -> true).forEach(each -> bytes.merge(each.launched().kernel(), each.bytes(), Long::sum));
        return bytes;
    }

    /** Launches so far that are wanted, in their order. */
    public List<Work> work(Predicate<Launched> wanted) {
        return counted.stream()
                .filter(launch -> wanted.test(launches.get(launch)))
                .map(launch ->
                        new Work(launches.get(launch), accounts.get(launch).total()))
                .toList();
    }

    /** Launches so far that differ in kernel or shape. */
    public Set<Launched> launched() {
        return Collections.unmodifiableSet(launched);
    }

    /** Forgets them. */
    public void clear() {
        launched.clear();
        counts.clear();
        counted.clear();
    }
}
