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

# hv1.corp.example
Grant-Delegation -Name 'hv1' -Server 'corp.example' -Service @(
    'Microsoft Virtual System Migration Service/hv2',
    'Microsoft Virtual System Migration Service/hv2.corp.example',
    'cifs/hv2',
    'cifs/hv2.corp.example',
    'Microsoft Virtual System Migration Service/hv3',
    'Microsoft Virtual System Migration Service/hv3.lab.example',
    'cifs/hv3',
    'cifs/hv3.lab.example'
)

# hv2.corp.example
Grant-Delegation -Name 'hv2' -Server 'corp.example' -Service @(
    'Microsoft Virtual System Migration Service/hv1',
    'Microsoft Virtual System Migration Service/hv1.corp.example',
    'cifs/hv1',
    'cifs/hv1.corp.example',
    'Microsoft Virtual System Migration Service/hv3',
    'Microsoft Virtual System Migration Service/hv3.lab.example',
    'cifs/hv3',
    'cifs/hv3.lab.example'
)

# hv3.lab.example
Grant-Delegation -Name 'hv3' -Server 'lab.example' -Service @(
    'Microsoft Virtual System Migration Service/hv1',
    'Microsoft Virtual System Migration Service/hv1.corp.example',
    'cifs/hv1',
    'cifs/hv1.corp.example',
    'Microsoft Virtual System Migration Service/hv2',
    'Microsoft Virtual System Migration Service/hv2.corp.example',
    'cifs/hv2',
    'cifs/hv2.corp.example'
)

Write-Output 'Done. It takes effect once domain controllers have replicated it and hosts have new tickets:'
Write-Output 'up to 15 minutes, or at once after "klist purge -li 0x3e7" on each host.'
