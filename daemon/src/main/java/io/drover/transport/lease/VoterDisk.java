package io.drover.transport.lease;

import io.drover.coordination.codec.PolicyCodec;
import io.drover.coordination.codec.Times;
import io.drover.engine.lease.VoterMemory;
import io.drover.model.NodeId;
import io.drover.proto.v1.Revocation;
import io.drover.proto.v1.VoterMemoryFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a voter keeps on its disk. Not safe for several threads. */
public final class VoterDisk {
    private static final Logger LOG = LoggerFactory.getLogger(VoterDisk.class);

    private final CheckedFile<VoterMemoryFile> file;

    /**
     * What was kept.
     *
     * @param memory the voter's
     * @param longestPromise the longest that a process of this voter may have promised for; zero if none is known
     */
    public record Kept(VoterMemory memory, Duration longestPromise) {}

    /** The file {@code voter} in the agent's folder. */
    public VoterDisk(Path dataDirectory) {
        file = new CheckedFile<>(dataDirectory.resolve("voter"), VoterMemoryFile.parser());
    }

    /**
     * What was kept. A file that is missing or damaged is an empty memory, which makes this a new voter: it does not vote
     * before it has been removed from the voters and added again.
     *
     * @throws IOException if the file is there and cannot be read at all: it may be readable again later
     */
    public Kept read() throws IOException {
        try {
            Optional<VoterMemoryFile> found = file.read();
            if (found.isEmpty()) {
                LOG.info("voter: nothing is kept in {}: a new voter", file.path());
                return new Kept(VoterMemory.EMPTY, Duration.ZERO);
            }
            return kept(found.get());
        } catch (CheckedFile.DamagedException | IllegalArgumentException e) {
            LOG.error(
                    "voter: what it kept is damaged and is put aside as {}; it does not vote before it has been removed"
                            + " from the voters and added again: {}",
                    file.setAside(),
                    e.getMessage());
            return new Kept(VoterMemory.EMPTY, Duration.ZERO);
        }
    }

    private static Kept kept(VoterMemoryFile message) {
        SortedMap<NodeId, Long> revoked = new TreeMap<>();
        message.getRevocationsList()
                .forEach(each -> revoked.merge(new NodeId(each.getNode()), each.getIncarnation(), Math::max));
        return new Kept(
                new VoterMemory(PolicyCodec.fromProto(message.getVoters()), revoked),
                Times.fromProto(message.getLongestPromise()));
    }

    /** Keeps it. When this returns it is on the disk. */
    public void write(Kept kept) throws IOException {
        VoterMemoryFile.Builder message = VoterMemoryFile.newBuilder()
                .setVoters(PolicyCodec.toProto(kept.memory().voters()))
                .setLongestPromise(Times.toProto(kept.longestPromise()));
        kept.memory()
                .revoked()
                .forEach((node, incarnation) -> message.addRevocations(
                        Revocation.newBuilder().setNode(node.value()).setIncarnation(incarnation)));
        file.write(message.build());
    }
}
