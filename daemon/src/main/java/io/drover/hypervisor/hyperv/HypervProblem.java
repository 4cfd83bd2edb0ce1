package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException.Kind;

/** What can go wrong with Hyper-V: a cause and what an administrator does about it. */
public enum HypervProblem {
    /** 0x8009030E, 0x8009030D: the source may not act for its caller at the target. */
    AUTH_DELEGATION(
            Kind.FAILED,
            "the hosts may not act for one another: there are no credentials for the migration",
            "set constrained delegation with any protocol for 'Microsoft Virtual System Migration Service' and 'cifs'"
                    + " between the two computer objects, and Kerberos as authentication of migrations"),
    /** 0x80090322: the name that was called is not the one that the host has. */
    AUTH_SPN(
            Kind.FAILED,
            "the target's principal name is not right",
            "use the target's full name, and check its SPN records with: setspn -L HOST"),
    /** 0x80070005, ReturnValue 32769, HTTP 401. */
    ACCESS_DENIED(
            Kind.FAILED,
            "access was denied",
            "put Drover's account into the local Administrators of both hosts, and give the hosts' accounts rights on"
                    + " the share and its folders"),
    /** 0x80070569, 0x80070534: a policy keeps VMs from logging on as a service. */
    HOST_POLICY(
            Kind.FAILED,
            "a policy of the host keeps virtual machines from logging on",
            "grant 'Log on as a service' to 'NT VIRTUAL MACHINE\\Virtual Machines' on the host"),
    /** 0x8007274C, 0x8007274D, 0x80072746, 0x8007271D: TCP port 6600. */
    NETWORK(
            Kind.UNREACHABLE,
            "the migration network does not carry",
            "open TCP port 6600 between the hosts and check the addresses of their migration networks"),
    /** 0x8007000E, 0x800705AA. */
    NO_RESOURCES(Kind.OUT_OF_MEMORY, "the host has not enough memory", "free memory on that host or choose another"),
    /** Event 21501 without a code: too many migrations at a time. */
    BUSY_RETRY(
            Kind.REFUSED,
            "the host migrates as many virtual machines as it may",
            "try again when another migration has ended, or raise the limit with: Set-VMHost"
                    + " -MaximumVirtualMachineMigrations"),
    /** Live migration is off on a side. */
    MIGRATION_DISABLED(
            Kind.REFUSED,
            "live migration is switched off, or has no network",
            "switch it on with: Enable-VMMigration, and name a network with: Add-VMMigrationNetwork"),
    /** Event 21502 with an incompatible processor, ReturnValue 32784. */
    INCOMPATIBLE_CPU(
            Kind.REFUSED,
            "the target's processor lacks features that the virtual machine uses",
            "choose another host, or turn the VM off and set: Set-VMProcessor -CompatibilityForMigrationEnabled $true"),
    /** MessageID 33012. */
    INCOMPATIBLE_SWITCH(
            Kind.REFUSED,
            "a virtual switch of the virtual machine does not exist on the host",
            "make a switch of the same name on the host, or name a substitute in hypervisor.switches"),
    /** MessageID 40004, 0xC0370027. */
    SAVED_STATE(
            Kind.REFUSED,
            "the saved state cannot be used on this host",
            "start the VM where it was saved, or discard its saved state"),
    /** 0xC03A0014: an ISO for instance. */
    ATTACHMENT(
            Kind.STORAGE_UNREACHABLE,
            "an attachment of the virtual machine cannot be opened there",
            "eject its ISO, or put it where both hosts reach it"),
    /** MessageID 20413 and 40010, 0x80048054, 0x80070002, 0x80070003: files that are out of reach. */
    STORAGE(
            Kind.STORAGE_UNREACHABLE,
            "files of the virtual machine cannot be reached",
            "check the path, the share, and the rights of the hosts' computer accounts on it"),
    /** ReturnValue 32779 of an import, 0x80070020: another host has them open. */
    STORAGE_LOCKED(
            Kind.STORAGE_LOCKED,
            "files of the virtual machine are open elsewhere",
            "find the host that has it running; a lock is never forced"),
    /** Event 10698: an older host. */
    INCOMPATIBLE_VERSION(
            Kind.REFUSED,
            "the host does not know the configuration version of the virtual machine",
            "choose a host with the same or a newer version of Windows"),
    /** ReturnValue 32770, 1. */
    UNSUPPORTED(
            Kind.REFUSED,
            "the host does not support this for this virtual machine",
            "look for shared disks, pass-through devices, and differences between the hosts"),
    /** 0x80070050, MessageID 16430: a registration stands in the way. */
    ALREADY_THERE(
            Kind.REFUSED,
            "the host has a registration of this virtual machine already",
            "look at it with: Get-VM -Id; never remove it while the VM runs elsewhere, because that deletes files"),
    /** ReturnValue 32775, 5: not in this state. */
    INVALID_STATE(
            Kind.REFUSED,
            "the virtual machine is in a state in which this cannot be done",
            "wait for the end of what is being done to it, and look at its state"),
    /** 0x8004100E: no namespace of Hyper-V. */
    NOT_HYPERV(Kind.FAILED, "the host has no Hyper-V", "install the role Hyper-V, or correct hypervisor.address"),
    /** 0x800706BA, and whatever keeps a call from being answered. */
    UNREACHABLE(
            Kind.UNREACHABLE,
            "the host does not answer",
            "check that the services vmms and WinRM run, and the network between the hosts"),
    /** 0x80041002: it is not there (any more). */
    NOT_FOUND(Kind.NO_SUCH_GUEST, "there is no such virtual machine here", "look for it on the other hosts"),
    /** A call or job that took too long. */
    TIMEOUT(Kind.TIMEOUT, "it took longer than it may", "see what the host is busy with, and try again"),
    /** ReturnValue 32773, a schema fault: a defect of ours, or a Windows that is not known yet. */
    INVALID_CALL(
            Kind.FAILED,
            "the host did not accept the call",
            "report this as a defect of Drover, with the version of Windows"),
    /** Settings that were accepted and not kept. */
    NOT_KEPT(
            Kind.FAILED,
            "the host accepted a setting and did not keep it",
            "set it by hand, and look for a policy that sets it back"),
    /** MessageID 20417: a warning. It is told of as the cause of a failure only if the host names no other. */
    LONG_BLACKOUT(
            Kind.TIMEOUT,
            "the blackout was unexpectedly long",
            "give migrations a faster network, or move the virtual machine when it does less"),
    /** No number that is known. */
    UNKNOWN(
            Kind.FAILED,
            "the host reports a failure that Drover does not know",
            "read the event log Microsoft-Windows-Hyper-V-VMMS-Admin of the host");

    private final Kind kind;
    private final String cause;
    private final String remedy;

    HypervProblem(Kind kind, String cause, String remedy) {
        this.kind = kind;
        this.cause = cause;
        this.remedy = remedy;
    }

    /** Its class in the port. */
    public Kind kind() {
        return kind;
    }

    /** What is wrong, in words. */
    public String cause() {
        return cause;
    }

    /** What can be done about it. */
    public String remedy() {
        return remedy;
    }
}
