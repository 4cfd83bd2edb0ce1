package io.drover.transport.lease;

import io.drover.coordination.codec.PolicyCodec;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import io.drover.proto.v1.LeaseMemoryFile;
import io.drover.proto.v1.VoterAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * By what a node asks for its lease, kept on its disk: so that an agent that is started again while the coordination
 * service is away keeps its guests. Only a convenience: what is wrong in it is refused by the voters. Not safe for several
 * threads.
 */
public final class LeaseMemory {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseMemory.class);

    private final CheckedFile<LeaseMemoryFile> file;

    /**
     * What is kept.
     *
     * @param incarnation with which the node joined last; 0 if it never did
     * @param boot of the run of the host in which that was
     * @param voters by which it counted last
     * @param terms of leases, as last known
     * @param addresses host:port of each node that was ever seen, as last known
     */
    public record Kept(
            long incarnation, long boot, VoterSet voters, LeaseTerms terms, SortedMap<NodeId, String> addresses) {
        /** Of a node that was never started before. */
        public static final Kept NOTHING = new Kept(0, 0, VoterSet.NONE, LeaseTerms.DEFAULTS, new TreeMap<>());

        /** Copies the map. */
        public Kept {
            addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
        }

        /** After the node has joined. */
        public Kept joined(long later, long now) {
            return new Kept(later, now, voters, terms, addresses);
        }

        /** With other voters. */
        public Kept with(VoterSet next) {
            return new Kept(incarnation, boot, next, terms, addresses);
        }

        /** With other terms. */
        public Kept with(LeaseTerms next) {
            return new Kept(incarnation, boot, voters, next, addresses);
        }

        /** With addresses that are newer than those known; others stay. */
        public Kept with(Map<NodeId, String> found) {
            SortedMap<NodeId, String> all = new TreeMap<>(addresses);
            all.putAll(found);
            return new Kept(incarnation, boot, voters, terms, all);
        }
    }

    /** The file {@code lease} in the agent's folder. */
    public LeaseMemory(Path dataDirectory) {
        file = new CheckedFile<>(dataDirectory.resolve("lease"), LeaseMemoryFile.parser());
    }

    /** What was kept; nothing if it is missing or damaged. */
    public Kept read() {
        try {
            return file.read().map(LeaseMemory::kept).orElse(Kept.NOTHING);
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("lease: what was kept cannot be read; it is learned anew from the records: {}", e.getMessage());
            return Kept.NOTHING;
        }
    }

    private static Kept kept(LeaseMemoryFile message) {
        SortedMap<NodeId, String> addresses = new TreeMap<>();
        message.getAddressesList().forEach(each -> addresses.put(new NodeId(each.getNode()), each.getGrpcAddress()));
        return new Kept(
                message.getIncarnation(),
                message.getBoot(),
                PolicyCodec.fromProto(message.getVoters()),
                PolicyCodec.fromProto(message.getTerms()),
                addresses);
    }

    /** Keeps it. */
    public void write(Kept kept) throws IOException {
        LeaseMemoryFile.Builder message = LeaseMemoryFile.newBuilder()
                .setIncarnation(kept.incarnation())
                .setBoot(kept.boot())
                .setVoters(PolicyCodec.toProto(kept.voters()))
                .setTerms(PolicyCodec.toProto(kept.terms()));
        kept.addresses()
                .forEach((node, address) -> message.addAddresses(
                        VoterAddress.newBuilder().setNode(node.value()).setGrpcAddress(address)));
        file.write(message.build());
    }
}
