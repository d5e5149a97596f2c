package org.jelectra.backend.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/** Whether the processor multiplies and adds in one instruction; where it does not, Java computes each such sum with BigDecimal. */
final class FusedMultiplyAdd {

    private FusedMultiplyAdd() {}

    /** Whether this virtual machine says that there is none; one that cannot be asked (of a runtime put together for a purpose) is trusted. */
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
