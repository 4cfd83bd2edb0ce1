package io.drover.sim.shell;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.sim.world.Truth;
import io.drover.sim.world.World;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Counts what really becomes of each VM: where it executes, how often it was started, how long it stood still. */
public final class Ledger implements Truth {
    private final Map<VmId, Account> accounts = new TreeMap<>();
    private final List<Truth> others = new ArrayList<>();
    private @Nullable World world;

    /** What became of one VM. */
    public static final class Account {
        private final Set<NodeId> hosts = new TreeSet<>();
        private boolean isWanted;
        private long stillSince = -1;
        private long longestOutage;
        private int restarts;
        private boolean hasRun;
        private int migrations;
        private @Nullable NodeId last;

        /** The hosts that execute it now. */
        public Set<NodeId> hosts() {
            return Collections.unmodifiableSet(hosts);
        }

        /** The host that executed it last. */
        Optional<NodeId> last() {
            return Optional.ofNullable(last);
        }

        /** Times that it was started from its disks although it had run before and should have gone on. */
        public int restarts() {
            return restarts;
        }

        /** Times that it went on executing on another host. */
        public int migrations() {
            return migrations;
        }
    }

    Ledger() {}

    void of(World of) {
        world = of;
    }

    private long now() {
        return world == null ? 0 : world.kernel().now();
    }

    /** Tells somebody else as well. */
    public void observe(Truth other) {
        others.add(other);
    }

    /** A VM belongs to the cluster. */
    public void added(VmId vm, boolean isWanted) {
        Account account = account(vm);
        account.isWanted = isWanted;
        account.stillSince = isWanted && account.hosts.isEmpty() ? now() : -1;
    }

    /** A VM is wanted to run from now on, or not. */
    public void wanted(VmId vm, boolean isWanted) {
        Account account = account(vm);
        if (account.isWanted == isWanted) {
            return;
        }
        close(account);
        account.isWanted = isWanted;
        account.hasRun = !account.hosts.isEmpty();
        account.stillSince = isWanted && account.hosts.isEmpty() ? now() : -1;
    }

    private static void closeAt(Account account, long now) {
        if (account.stillSince >= 0) {
            account.longestOutage = Math.max(account.longestOutage, now - account.stillSince);
        }
    }

    private void close(Account account) {
        closeAt(account, now());
        account.stillSince = -1;
    }

    /** The longest time that a VM stood still while it should have run, nanoseconds; up to now. */
    public long longestOutage(VmId vm) {
        Account account = account(vm);
        closeAt(account, now());
        return account.longestOutage;
    }

    /** What became of a VM. */
    public Account account(VmId vm) {
        return accounts.computeIfAbsent(vm, unused -> new Account());
    }

    /** All of them. */
    public Map<VmId, Account> accounts() {
        return Collections.unmodifiableMap(accounts);
    }

    @Override
    public void executes(VmId vm, NodeId host, boolean isExecuting, String why, boolean isLate) {
        Account account = account(vm);
        if (isExecuting) {
            close(account);
            if (why.equals("starts")) {
                account.restarts += account.hasRun && account.isWanted ? 1 : 0;
            } else if (account.last != null && !account.last.equals(host)) {
                account.migrations++;
            }
            account.last = host;
            account.hasRun = true;
            account.hosts.add(host);
        } else {
            account.hosts.remove(host);
            if (account.hosts.isEmpty() && account.isWanted) {
                account.stillSince = now();
            }
        }
        others.forEach(other -> other.executes(vm, host, isExecuting, why, isLate));
    }

    @Override
    public void refusedByLock(VmId vm, NodeId host, NodeId holder, String what, boolean isLate) {
        others.forEach(other -> other.refusedByLock(vm, host, holder, what, isLate));
    }

    @Override
    public void goesOnFromOldMemory(VmId vm, NodeId host) {
        others.forEach(other -> other.goesOnFromOldMemory(vm, host));
    }
}
