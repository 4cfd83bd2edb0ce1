package io.drover.runtime;

import io.drover.cli.Services;
import io.drover.hypervisor.qemu.GuestImage;
import java.io.IOException;
import java.nio.file.Path;

/** Gives the command what it must not know: the rooms that do the work. */
public final class DroverServices implements Services {
    /** Ticks a second of the guests that {@code drover local up} makes. */
    private static final int HZ = 100;

    private static final int PAGES_PER_TICK = 4;

    private static final long WORKING_SET = 16L << 20;

    /** Made by the service loader. */
    public DroverServices() {}

    @Override
    public int agent(Path config) {
        return AgentProcess.agent(config);
    }

    @Override
    public int witness(Path config) {
        return AgentProcess.witness(config);
    }

    @Override
    public int guard(Path config) {
        return AgentProcess.guard(config);
    }

    @Override
    public int zookeeper(Path config) {
        return AgentProcess.zookeeper(config);
    }

    @Override
    public String agentAddress(Path config) {
        return AgentProcess.address(config);
    }

    @Override
    public Path prepareGuest(Path directory, String name) throws IOException {
        Path image = directory.resolve(name + ".img");
        GuestImage.write(image, HZ, PAGES_PER_TICK, WORKING_SET, true);
        return image;
    }
}
