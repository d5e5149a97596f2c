package org.jelectra.gpu.jcuda;

import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.setExceptionsEnabled;

import jcuda.driver.CUresult;
import org.jelectra.gpu.GpuDriver;
import org.jelectra.gpu.GpuUnavailableException;

/**
 * Opens the machine's CUDA driver. It needs libcuda.so.1, which comes with the driver, and nothing of a CUDA toolkit. Apart from
 * {@link JcudaDriver}, which cannot even be loaded where JCuda is missing, whereas this says so.
 */
public final class Jcuda {

    private Jcuda() {}

    /**
     * The machine's driver.
     *
     * @throws GpuUnavailableException where JCuda is not on the class path, there is no driver or no device, or the driver is older
     *     than CUDA 12.0; the message says which, in one line
     */
    public static GpuDriver open() {
        NativeLibrary.DRIVER.load();
        setExceptionsEnabled(false);
        int[] version = new int[1];
        require(cuDriverGetVersion(version), "asking for the driver's version");
        if (version[0] < DriverRelease.OLDEST) {
            throw new GpuUnavailableException("the NVIDIA driver"
                    + DriverRelease.installed().map(release -> " " + release).orElse("")
                    + " is too old: it supports CUDA " + DriverRelease.cuda(version[0]) + "; "
                    + DriverRelease.needed(DriverRelease.OLDEST));
        }
        require(cuInit(0), "starting the driver");
        GpuDriver driver = new JcudaDriver(version[0]);
        if (driver.deviceCount() == 0) {
            require(CUresult.CUDA_ERROR_NO_DEVICE, "starting the driver");
        }
        return driver;
    }

    private static void require(int code, String action) {
        if (code == CUresult.CUDA_SUCCESS) {
            return;
        }
        String message = code == CUresult.CUDA_ERROR_NO_DEVICE
                ? "there is an NVIDIA driver but no device that it can use: nvidia-smi should list one, and"
                        + " CUDA_VISIBLE_DEVICES must not hide it"
                : action + " failed: " + Errors.words(code) + usually(code);
        throw new GpuUnavailableException(code, Errors.name(code), message);
    }

    private static String usually(int code) {
        return switch (code) {
            case CUresult.CUDA_ERROR_SYSTEM_NOT_READY ->
                "; usually the fabric manager, which machines with NVSwitch need, does not run: systemctl status"
                        + " nvidia-fabricmanager tells";
            case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH ->
                "; usually libcuda.so.1 is of another release than the driver in the kernel: start the machine anew after"
                        + " an update, or in a container use the host's library";
            case CUresult.CUDA_ERROR_STUB_LIBRARY ->
                "; the libcuda.so.1 that was found is a toolkit's, for linking: put the driver's before it in LD_LIBRARY_PATH";
            case CUresult.CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE ->
                "; usually a libcuda.so.1 of a package cuda-compat, which this device does not take, comes before the driver's:"
                        + " take its folder out of LD_LIBRARY_PATH";
            case CUresult.CUDA_ERROR_MPS_CONNECTION_FAILED ->
                "; the server of MPS, which nvidia-cuda-mps-control starts, does not answer: start it, or unset"
                        + " CUDA_MPS_PIPE_DIRECTORY";
            case CUresult.CUDA_ERROR_UNKNOWN ->
                "; in a container often /dev/nvidia-uvm is missing, else nvidia-smi or a new start of the machine may tell"
                        + " more";
            default -> "";
        };
    }
}
