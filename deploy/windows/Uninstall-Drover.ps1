<#
.SYNOPSIS
Removes Drover's service and firewall rules from this host. Data stays unless -RemoveData is given.

.DESCRIPTION
VMs run on: Hyper-V holds them, not Drover. Empty the host first (drover node drain), or its VMs are without protection.
What other programs may use by now stays: the WinRM listener, the settings of live migrations, the rights of the account.
May be run again at any time.

.PARAMETER RemoveData
Deletes the folder of data and logs, ProgramData\Drover, as well: the configuration, what the node has promised to its
cluster, and a ZooKeeper server's records. Only for a node that its cluster has forgotten (drover node remove).

.EXAMPLE
.\Uninstall-Drover.ps1 -WhatIf
#>
#Requires -Version 5.1
#Requires -RunAsAdministrator
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param([switch] $RemoveData)
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$root = Split-Path -Path $PSScriptRoot -Parent
$name = 'drover-agent'

$service = Get-Service -Name $name -ErrorAction SilentlyContinue
if ($null -ne $service -and $PSCmdlet.ShouldProcess("service $name", 'stop and remove')) {
    if ($service.Status.ToString() -ne 'Stopped') {
        Stop-Service -Name $name
    }
    & (Join-Path -Path $root -ChildPath 'bin\prunsrv.exe') "//DS//$name"
    if ($LASTEXITCODE -ne 0) {
        throw "The service $name could not be removed (prunsrv.exe ended with $LASTEXITCODE). Close the Services console, then run this script again."
    }
}
foreach ($rule in @('Drover-Agent', 'Drover-WinRM-HTTPS', 'Drover-Migration')) {
    if ($null -ne (Get-NetFirewallRule -Name $rule -ErrorAction SilentlyContinue) -and
        $PSCmdlet.ShouldProcess("firewall rule $rule", 'remove')) {
        Remove-NetFirewallRule -Name $rule
    }
}
$data = Join-Path -Path $env:ProgramData -ChildPath 'Drover'
if ($RemoveData -and (Test-Path -LiteralPath $data) -and $PSCmdlet.ShouldProcess($data, 'delete all data of this node')) {
    Remove-Item -LiteralPath $data -Recurse -Force
} elseif (Test-Path -LiteralPath $data) {
    Write-Output "Data and logs were left in $data."
}
