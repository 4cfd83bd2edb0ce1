package io.drover.hostsetup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The PowerShell by which a domain administrator lets hosts move VMs to each other: constrained delegation with protocol
 * transition ("use any authentication protocol") from each host to each other one, for the service that receives VMs and
 * for the files of their disks. It is what Microsoft's "Set up hosts for live migration without Failover Clustering" has
 * done by hand in Active Directory Users and Computers.
 *
 * <p>The script adds and removes nothing else: it may be run again, and after hosts were added.
 */
public final class DelegationScript {
    /** A VM arrives at this service. */
    private static final String MIGRATION_SERVICE = "Microsoft Virtual System Migration Service";

    /** Disks are moved, and reached on shares, through this one. */
    private static final String FILE_SERVICE = "cifs";

    /** A cluster is not larger; a longer list is a mistake, and grows with its square. */
    private static final int MOST_HOSTS = 64;

    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9 ./$-]*");

    private DelegationScript() {}

    /**
     * Returns the script, for Windows PowerShell 5.1 with the module ActiveDirectory, lines ended by {@code \n}, ASCII.
     * The same hosts give the same text, in whatever order they are named.
     *
     * @param hosts 2 to 64 hosts of any domains; each once
     * @throws IllegalArgumentException if there are too few or too many, or one is named twice
     */
    public static String of(List<HypervisorHost> hosts) {
        check(hosts);
        List<HypervisorHost> sorted = hosts.stream()
                .sorted(Comparator.comparing(HypervisorHost::fullName))
                .toList();
        StringBuilder script = new StringBuilder(HEAD);
        for (HypervisorHost source : sorted) {
            List<String> services = sorted.stream()
                    .filter(target -> !target.equals(source))
                    .flatMap(target -> services(target).stream())
                    .toList();
            script.append(block(source, services));
        }
        return script.append(TAIL).toString();
    }

    /** The names under which a host is reached, short and full: which of them is asked for depends on the caller. */
    static List<String> services(HypervisorHost target) {
        List<String> services = new ArrayList<>();
        for (String service : List.of(MIGRATION_SERVICE, FILE_SERVICE)) {
            services.add(service + "/" + target.name());
            services.add(service + "/" + target.fullName());
        }
        return services;
    }

    private static void check(List<HypervisorHost> hosts) {
        if (hosts.size() < 2 || hosts.size() > MOST_HOSTS) {
            throw new IllegalArgumentException(
                    "hosts for delegation: " + hosts.size() + " (expected: 2 to " + MOST_HOSTS + ")");
        }
        Set<HypervisorHost> seen = new HashSet<>();
        for (HypervisorHost host : hosts) {
            if (!seen.add(host)) {
                throw new IllegalArgumentException(
                        "hosts for delegation: " + host.fullName() + " is named twice (expected: each host once)");
            }
        }
    }

    private static String block(HypervisorHost source, List<String> services) {
        StringBuilder block = new StringBuilder();
        block.append("\n# ").append(source.fullName()).append('\n');
        block.append("Grant-Delegation -Name ").append(quoted(source.name()));
        block.append(" -Server ").append(quoted(source.domain())).append(" -Service @(\n");
        for (int i = 0; i < services.size(); i++) {
            block.append("    ").append(quoted(services.get(i)));
            block.append(i + 1 < services.size() ? ",\n" : "\n");
        }
        return block.append(")\n").toString();
    }

    /**
     * A literal in which PowerShell reads nothing but a doubled quote. The names have been checked before; this holds
     * whatever becomes of that check.
     */
    private static String quoted(String text) {
        if (!HARMLESS.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "text for a script: " + text + " (expected: letters, digits, spaces and ./$-)");
        }
        return "'" + text + "'";
    }

    private static final String HEAD = """
            # Lets these Hyper-V hosts move VMs to each other: constrained delegation with protocol transition.
            # Run as a domain administrator, where the module ActiveDirectory is installed. -WhatIf shows what would change.
            # May be run again: only what is missing is added. Nothing is removed.
            #Requires -Version 5.1
            #Requires -Modules ActiveDirectory
            [CmdletBinding(SupportsShouldProcess)]
            param()
            Set-StrictMode -Version 3.0
            $ErrorActionPreference = 'Stop'

            function Grant-Delegation {
                [CmdletBinding(SupportsShouldProcess)]
                param(
                    [Parameter(Mandatory)] [string] $Name,
                    [Parameter(Mandatory)] [string] $Server,
                    [Parameter(Mandatory)] [string[]] $Service
                )
                $attribute = 'msDS-AllowedToDelegateTo'
                $computer = Get-ADComputer -Identity $Name -Server $Server -Properties $attribute, 'TrustedToAuthForDelegation'
                $present = @($computer.$attribute)
                $missing = @($Service | Where-Object { $_ -notin $present })
                if ($missing.Count -gt 0 -and $PSCmdlet.ShouldProcess("$Name.$Server", "delegate to $($missing -join ', ')")) {
                    Set-ADComputer -Identity $computer -Server $Server -Add @{ 'msDS-AllowedToDelegateTo' = [string[]] $missing }
                }
                if (-not $computer.TrustedToAuthForDelegation -and
                    $PSCmdlet.ShouldProcess("$Name.$Server", 'allow any authentication protocol')) {
                    Set-ADAccountControl -Identity $computer -Server $Server -TrustedToAuthForDelegation $true
                }
            }
            """;

    private static final String TAIL = """

            Write-Output 'Done. It takes effect once domain controllers have replicated it and hosts have new tickets:'
            Write-Output 'up to 15 minutes, or at once after "klist purge -li 0x3e7" on each host.'
            """;
}
