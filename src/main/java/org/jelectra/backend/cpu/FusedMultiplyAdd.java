package org.jelectra.backend.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/** Whether the processor multiplies and adds in one instruction; where it does not, Java computes each such sum with BigDecimal. */
final class FusedMultiplyAdd {

    private FusedMultiplyAdd() {}

    /**
     * Whether this virtual machine says that there is none. One that cannot be asked, as in a runtime put together for a purpose, is
     * trusted: to measure it would make the kernels, and with them the numbers, depend on how busy the machine is.
     */
    static boolean isMissing() {
        try {
            HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            return machine != null
                    && "false".equals(machine.getVMOption("UseFMA").getValue());
        } catch (LinkageError | IllegalArgumentException e) {
            return false; // no module jdk.management, or a virtual machine without the option
        }
    }
}
