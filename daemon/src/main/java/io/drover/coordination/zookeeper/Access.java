package io.drover.coordination.zookeeper;

import java.util.List;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;

/**
 * Who may read and write what is stored: the one place where access lists come from. Today every client of the ensemble
 * may do everything, so the ensemble must only be reachable from the cluster's own network.
 */
final class Access implements ACLProvider {
    @Override
    public List<ACL> getDefaultAcl() {
        return ZooDefs.Ids.OPEN_ACL_UNSAFE;
    }

    @Override
    public List<ACL> getAclForPath(String path) {
        return getDefaultAcl();
    }
}
