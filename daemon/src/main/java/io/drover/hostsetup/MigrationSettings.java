package io.drover.hostsetup;

import java.util.Comparator;
import java.util.List;

/**
 * How a host takes part in live migrations (Msvm_VirtualSystemMigrationServiceSettingData and its networks).
 *
 * @param isEnabled whether VMs may come and go at all; moves of files alone are always allowed
 * @param authentication how hosts prove to each other for whom they act
 * @param performance how memory travels
 * @param migrations how many VMs may be under way at a time, coming and going together; Hyper-V's default is 2
 * @param storageMigrations the same for moves of files; Hyper-V's default is 2
 * @param networks over which VMs may arrive, by subnet
 */
public record MigrationSettings(
        boolean isEnabled,
        Authentication authentication,
        Performance performance,
        int migrations,
        int storageMigrations,
        List<MigrationNetwork> networks) {
    /** How hosts prove to each other for whom they act. */
    public enum Authentication {
        /** Only for somebody who is signed in at the source; Hyper-V's default, and of no use to a service. */
        CREDSSP,
        /** Needs constrained delegation, and nobody who is signed in. */
        KERBEROS
    }

    /** How memory travels. */
    public enum Performance {
        /** As it is, over TCP. */
        TCPIP,
        /** Compressed, over TCP: Hyper-V's default. */
        COMPRESSION,
        /** Over SMB 3, which uses network cards with RDMA and several connections where there are such. */
        SMB
    }

    /** Sorts and copies the networks. */
    public MigrationSettings {
        networks = networks.stream()
                .sorted(Comparator.comparing(MigrationNetwork::subnet))
                .toList();
    }
}
