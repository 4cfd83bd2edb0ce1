package io.drover.sim.hyperv.host;

/** Numbers that methods of Hyper-V return. */
final class ReturnCode {
    static final long DONE = 0;
    static final long JOB_STARTED = 4096;
    static final long TIMEOUT_NOT_SUPPORTED = 4098;
    static final long FAILED = 32768;
    static final long ACCESS_DENIED = 32769;
    static final long NOT_SUPPORTED = 32770;
    static final long INVALID_PARAMETER = 32773;
    static final long INVALID_STATE = 32775;
    static final long FILE_IN_USE = 32779;
    /** Of the service of images; the same number as a file that is in use, of an import. */
    static final long FILE_NOT_FOUND = 32779;

    static final long NOT_READY = 32780;
    static final long MACHINE_LOCKED = 32781;
    static final long SHUTDOWN_IN_PROGRESS = 32782;
    static final long NOT_COMPATIBLE = 32784;

    private ReturnCode() {}
}
