package io.drover.runtime;

import io.drover.config.AgentConfig;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Versioned;
import io.drover.guard.BootMark;
import io.drover.guard.ClusteredFile;
import io.drover.guard.DeadlineFile;
import io.drover.model.ClusterSettings;
import io.drover.model.Problem;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import io.drover.runtime.lease.LeaseKeeper;
import io.drover.transport.Channels;
import io.drover.transport.lease.LeaseClient;
import io.drover.transport.lease.LeaseMemory;
import io.drover.transport.lease.VoterDesk;
import io.drover.transport.lease.VoterDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything of an agent that has to do with leases.
 *
 * @param desk this node as a voter
 * @param client how other voters are asked
 * @param keeper this node's own lease
 * @param clustered which guests of this host the lease holds
 */
record LeaseParts(VoterDesk desk, LeaseClient client, LeaseKeeper keeper, ClusteredFile clustered)
        implements NodeLease.Source {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseParts.class);

    /**
     * Opens them and begins to renew.
     *
     * @throws ProblemException if the data directory cannot be used
     */
    static LeaseParts open(AgentConfig config, Closing closing) {
        Path data = config.dataDirectory();
        try {
            BootMark boot = BootMark.now(InstantSource.system(), System.nanoTime());
            DeadlineFile file = DeadlineFile.open(GuardProcess.deadlines(data), boot);
            LeaseMemory memory = new LeaseMemory(data);
            LeaseMemory.Kept kept = memory.read();
            VoterDesk desk = VoterDesk.open(config.node(), kept.terms(), new VoterDisk(data), System::nanoTime);
            // Of their own: nothing that else is said between agents can be in the way of a renewal.
            Channels channels = closing.add("lease channels", new Channels());
            LeaseClient client = new LeaseClient(channels);
            LeaseKeeper keeper = closing.add(
                    "lease", new LeaseKeeper(config.node(), boot, System::nanoTime, desk, client, file, memory, kept));
            keeper.start();
            return new LeaseParts(desk, client, keeper, new ClusteredFile(GuardProcess.folder(data)));
        } catch (IOException e) {
            throw new ProblemException(Problem.of(
                    ProblemKind.USAGE,
                    "the agent does not start",
                    "what it keeps as a voter cannot be read or written in " + data + ": " + e.getMessage(),
                    "repair the disk; a voter that has lost what it kept has to be removed and added again"));
        }
    }

    @Override
    public NodeLease joined(long incarnation) {
        keeper.joined(incarnation);
        return new KeptLease(keeper, incarnation, clustered);
    }

    /** Keeps them up to date with the records and with where the other nodes are. */
    void follow(EventLoop loop, RecordStore store, Neighbours neighbours) {
        neighbours.onChange(() -> keeper.addressesAre(neighbours.addresses()));
        store.watch(RecordKey.VOTERS, () -> readVoters(loop, store));
        store.watch(RecordKey.CONFIG, () -> readTerms(loop, store));
    }

    private void readVoters(EventLoop loop, RecordStore store) {
        loop.when(store.read(RecordKey.VOTERS), (found, failure) -> {
            if (failure != null) {
                LOG.debug("the voters could not be read: {}", failure.toString());
            } else {
                found.map(Versioned::value).ifPresent(keeper::votersAre);
            }
        });
    }

    private void readTerms(EventLoop loop, RecordStore store) {
        loop.when(store.read(RecordKey.CONFIG), (found, failure) -> {
            if (failure != null) {
                LOG.debug("the settings could not be read: {}", failure.toString());
            } else {
                keeper.termsAre(found.map(Versioned::value)
                        .orElse(ClusterSettings.DEFAULTS)
                        .lease());
            }
        });
    }
}
