package org.jelectra.gpu.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.gpu.sim.ptx.PtxVariable;

/** Assigns slots of the register files to a kernel's registers, constants and special registers. */
final class Registers {

    private final Map<String, String> types;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final Map<String, Integer> slots = new HashMap<>();
    private final int[] counts = new int[RegisterClass.values().length];
    private final Map<Program.Constant, Integer> constants = new LinkedHashMap<>();
    private final Map<SpecialRegister, Integer> specials = new LinkedHashMap<>();

    /**
     * @param types declared types by name
     */
    Registers(Map<String, String> types) {
        this.types = types;
    }

    boolean isDeclared(String name) {
        return types.containsKey(name);
    }

    RegisterClass registerClass(String name) {
        return RegisterClass.of(types.get(name));
    }

    /** Size of a register; 4 for a special one. */
    int bytes(String name) {
        String type = types.get(name);
        return type == null ? 4 : type.equals("pred") ? 1 : PtxVariable.bytesOf(0, type);
    }

    /** Slot in the register file of its class. */
    int slot(String name) {
        return slots.computeIfAbsent(name, n -> temporary(registerClass(n)));
    }

    /** Number among all registers that are used. */
    int number(String name) {
        return numbers.computeIfAbsent(name, n -> {
            names.add(n);
            return names.size() - 1;
        });
    }

    int temporary(RegisterClass registerClass) {
        return counts[registerClass.ordinal()]++;
    }

    int constant(RegisterClass registerClass, long bits) {
        Program.Constant key = new Program.Constant(registerClass, -1, bits);
        return constants.computeIfAbsent(key, k -> temporary(registerClass));
    }

    int special(SpecialRegister register) {
        return specials.computeIfAbsent(register, r -> temporary(RegisterClass.INT));
    }

    String name(int number) {
        return names.get(number);
    }

    /** Enters what was assigned. */
    void complete(Program program) {
        program.slots = counts.clone();
        program.registerNames = names.toArray(String[]::new);
        program.constants = constants.entrySet().stream()
                .map(e -> new Program.Constant(
                        e.getKey().registerClass(), e.getValue(), e.getKey().bits()))
                .toList();
        program.specials = specials.entrySet().stream()
                .map(e -> new Program.Special(e.getKey(), e.getValue()))
                .toList();
    }
}
