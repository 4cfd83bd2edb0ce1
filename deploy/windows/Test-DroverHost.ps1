<#
.SYNOPSIS
Asks this Hyper-V host what Drover relies on, and records the answers.

.DESCRIPTION
Ten tests, A to J. Without a switch only what reads is run. What a test of the rest changes is named at its switch; use VMs
and hosts that may be lost.

Each answer is one line of JSON in OutputFolder\records.jsonl: the request (kind, namespace, query or class and method,
arguments), the instances as they came (properties with name, type and value, in their order), the return value, how long
it took, and, if it failed, the error's identifiers. Nothing depends on the language of Windows: enumerations are recorded
by name, errors by identifier, never by message.

Names of hosts, domains and users, identifiers of accounts and addresses are replaced by placeholders, the same one for
the same text. Passwords and keys are not asked for. Read the file nevertheless before it leaves your house: names of VMs,
switches and folders stay in it.

.PARAMETER OutputFolder
A folder for the records; made if it is not there. Records are appended.

.PARAMETER Tests
Which tests: letters from A to J. Default: all.

.PARAMETER OtherHost
Full name of another host: asked through WinRM (B) and in compatibility checks (G), and the target of moves (F).

.PARAMETER TestVM
Name of a VM that may be lost, for D and F; G compares it with OtherHost without moving it.

.PARAMETER IncludePower
D also starts, pauses, saves and turns off TestVM.

.PARAMETER IncludeSettings
E also changes the limit of migrations and the performance option, and puts them back.

.PARAMETER IncludeMoves
F also moves TestVM to OtherHost, and cancels a second move. Run it on the other host to move the VM back.

.PARAMETER IncludeFailover
H also registers ConfigurationFile on this host, in place. Only after the host that ran the VM is off.

.PARAMETER ConfigurationFile
H: the .vmcx file of a VM whose host is off.

.PARAMETER IncludeLoad
I polls for LoadDuration instead of 20 times.

.PARAMETER LoadDuration
How long I polls, every 2 seconds. Default: 24 hours.

.EXAMPLE
.\Test-DroverHost.ps1 -OutputFolder C:\Temp\drover-test -OtherHost hv2.corp.example
#>
#Requires -Version 5.1
#Requires -Modules Hyper-V
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [string] $OutputFolder,
    [ValidateSet('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J')] [string[]] $Tests = @('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J'),
    [string] $OtherHost,
    [string] $TestVM,
    [switch] $IncludePower,
    [switch] $IncludeSettings,
    [switch] $IncludeMoves,
    [switch] $IncludeFailover,
    [string] $ConfigurationFile,
    [switch] $IncludeLoad,
    [timespan] $LoadDuration = '1.00:00:00'
)
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$namespace = 'root\virtualization\v2'
$resource = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2'
$wql = 'http://schemas.microsoft.com/wbem/wsman/1/WQL'
$state = @{ Sequence = 0; Test = ''; Placeholders = @{} }
# CIM asks for numbers here; these are theirs.
$requested = [ordered] @{ Enabled = 2; Disabled = 3; ShutDown = 4; Offline = 6; Quiesce = 9; Reset = 11 }
$jobRequest = @{ Terminate = 4; Kill = 5 }
$deadline = [timespan]::FromMinutes(5)

# Placeholders ------------------------------------------------------------------------------------------------------

function Get-Placeholder {
    param([string] $Kind, [string] $Text)

    $key = $Text.ToLowerInvariant()
    if (-not $state.Placeholders.ContainsKey($key)) {
        $number = 1 + @($state.Placeholders.Values | Where-Object { $_ -like "$Kind-*" }).Count
        $state.Placeholders[$key] = "$Kind-$number"
    }
    $state.Placeholders[$key]
}

function Initialize-Placeholder {
    $system = Get-CimInstance -ClassName 'Win32_ComputerSystem'
    $names = @(
        , @('host', $OtherHost)
        , @('host', "$($system.DNSHostName).$($system.Domain)")
        , @('host', ($OtherHost -split '\.')[0])
        , @('host', $env:COMPUTERNAME)
        , @('domain', $system.Domain)
        , @('domain', $env:USERDOMAIN)
        , @('user', $env:USERNAME)
    )
    foreach ($pair in $names) {
        if ($pair[1]) {
            Get-Placeholder -Kind $pair[0] -Text $pair[1] | Out-Null
        }
    }
    # Longest first, since a host's full name holds the short one.
    $state.Known = @($state.Placeholders.Keys | Sort-Object -Property 'Length' -Descending)
}

function Protect-Text {
    param([AllowEmptyString()] [string] $Text)

    $result = $Text
    foreach ($name in $state.Known) {
        $pattern = '(?i)(?<![A-Za-z0-9])' + [regex]::Escape($name) + '(?![A-Za-z0-9])'
        $result = [regex]::Replace($result, $pattern, $state.Placeholders[$name])
    }
    $kinds = [ordered] @{
        sid        = 'S-1-5-21-\d+-\d+-\d+-\d+'
        address    = '(?<![\d.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.])'
        thumbprint = '(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{40})(?![0-9A-Fa-f])'
    }
    foreach ($kind in $kinds.Keys) {
        $result = [regex]::Replace($result, $kinds[$kind], { param($match) Get-Placeholder -Kind $kind -Text $match.Value })
    }
    $result
}

# Records -----------------------------------------------------------------------------------------------------------

function ConvertTo-Value {
    param($Value)

    if ($null -eq $Value) {
        return $null
    }
    if ($Value -is [Microsoft.Management.Infrastructure.CimInstance]) {
        return ConvertTo-Record -Instance $Value
    }
    if ($Value -is [datetime]) {
        return $Value.ToUniversalTime().ToString('o', [cultureinfo]::InvariantCulture)
    }
    if ($Value -is [timespan]) {
        return $Value.ToString('c', [cultureinfo]::InvariantCulture)
    }
    if ($Value -is [enum]) {
        return $Value.ToString()
    }
    if ($Value -is [array]) {
        $list = @(foreach ($item in $Value) {
                ConvertTo-Value -Value $item
            })
        return , $list
    }
    if ($Value -is [bool] -or $Value -is [System.ValueType]) {
        return $Value
    }
    Protect-Text -Text ([string] $Value)
}

function ConvertTo-Record {
    param($Instance)

    $properties = @(foreach ($property in $Instance.CimInstanceProperties) {
            [ordered] @{
                name  = $property.Name
                type  = $property.CimType.ToString()
                value = ConvertTo-Value -Value $property.Value
            }
        })
    [ordered] @{ class = $Instance.CimSystemProperties.ClassName; properties = $properties }
}

function Write-Record {
    param([hashtable] $Record, [System.Collections.IDictionary] $Request)

    $state.Sequence++
    $line = [ordered] @{
        sequence = $state.Sequence
        test     = $state.Test
        at       = (Get-Date).ToUniversalTime().ToString('o', [cultureinfo]::InvariantCulture)
        request  = $Request
    }
    foreach ($key in @('durationMs', 'returnValue', 'instances', 'output', 'xml', 'error', 'note')) {
        if ($Record.ContainsKey($key)) {
            $line[$key] = $Record[$key]
        }
    }
    $json = ConvertTo-Json -InputObject $line -Depth 20 -Compress
    [System.IO.File]::AppendAllText($recordFile, "$json`n", [System.Text.UTF8Encoding]::new($false))
}

# Runs something, and records what came back, or how it failed. Returns what came back; nothing after a failure.
function Invoke-Recorded {
    param([System.Collections.IDictionary] $Request, [scriptblock] $Action)

    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $record = @{}
    $answer = @()
    try {
        $answer = @(& $Action)
        $record.durationMs = [math]::Round($watch.Elapsed.TotalMilliseconds, 1)
        $cim = @($answer | Where-Object { $_ -is [Microsoft.Management.Infrastructure.CimInstance] })
        $xml = @($answer | Where-Object { $_ -is [System.Xml.XmlNode] })
        if ($xml.Count -gt 0) {
            $record.xml = @($xml | ForEach-Object { Protect-Text -Text $_.OuterXml })
        } elseif ($Request.kind -eq 'invoke' -and $answer.Count -eq 1) {
            $record.returnValue = $answer[0].ReturnValue
            $record.output = @(foreach ($property in $answer[0].PSObject.Properties) {
                    [ordered] @{ name = $property.Name; value = ConvertTo-Value -Value $property.Value }
                })
        } elseif ($cim.Count -eq $answer.Count) {
            $record.instances = @($cim | ForEach-Object { ConvertTo-Record -Instance $_ })
        } else {
            $record.output = @($answer | ForEach-Object { ConvertTo-Value -Value $_ })
        }
    } catch {
        $record.durationMs = [math]::Round($watch.Elapsed.TotalMilliseconds, 1)
        $record.error = [ordered] @{
            id        = $_.FullyQualifiedErrorId
            category  = $_.CategoryInfo.Category.ToString()
            exception = $_.Exception.GetType().FullName
            hresult   = '0x{0:X8}' -f $_.Exception.HResult
        }
        $answer = @()
    }
    Write-Record -Record $record -Request $Request
    $answer
}

function Invoke-Query {
    param([string] $Query, [string] $From = $namespace)

    Invoke-Recorded -Request ([ordered] @{ kind = 'enumerate'; namespace = $From; wql = (Protect-Text -Text $Query) }) -Action {
        Get-CimInstance -Namespace $From -Query $Query
    }
}

function Invoke-Method {
    param($Instance, [string] $Method, [hashtable] $Arguments = @{})

    $request = [ordered] @{
        kind      = 'invoke'
        namespace = $namespace
        class     = $Instance.CimSystemProperties.ClassName
        method    = $Method
        arguments = @($Arguments.Keys | Sort-Object | ForEach-Object {
                [ordered] @{ name = $_; value = ConvertTo-Value -Value $Arguments[$_] }
            })
    }
    Invoke-Recorded -Request $request -Action {
        Invoke-CimMethod -InputObject $Instance -MethodName $Method -Arguments $Arguments
    }
}

function Invoke-Program {
    param([string] $Name, [string[]] $ArgumentList)

    $request = [ordered] @{ kind = 'program'; name = $Name; arguments = @($ArgumentList | ForEach-Object { Protect-Text -Text $_ }) }
    Invoke-Recorded -Request $request -Action { & $Name @ArgumentList | ForEach-Object { "$_" } } | Out-Null
}

function Invoke-Cmdlet {
    param([string] $Name, [scriptblock] $Action)

    Invoke-Recorded -Request ([ordered] @{ kind = 'cmdlet'; name = $Name }) -Action $Action
}

# By hand: what no script can do on its own, left in the records as a question.
function Write-Manual {
    param([string[]] $Step)

    foreach ($text in $Step) {
        Write-Record -Record @{ note = $text } -Request ([ordered] @{ kind = 'manual' })
        Write-Output "$($state.Test): by hand: $text"
    }
}

# Looks every 200 ms until the condition holds. False once the deadline is over.
function Wait-Until {
    param([scriptblock] $Condition)

    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($watch.Elapsed -gt $deadline) {
            return $false
        }
        Start-Sleep -Milliseconds 200
    }
    $true
}

function Get-TestComputer {
    $name = $TestVM.Replace('\', '\\').Replace("'", "\'")
    $found = @(Invoke-Query -Query "SELECT * FROM Msvm_ComputerSystem WHERE ElementName = '$name'")
    if ($found.Count -ne 1) {
        throw "There are $($found.Count) VMs with the name $TestVM on this host. Give the name of exactly one VM with -TestVM."
    }
    $found[0]
}

# A to J -------------------------------------------------------------------------------------------------------------

# A: what this host is, and how WinRM, Hyper-V and delegation are set up.
function Test-Environment {
    Invoke-Query -From 'root\cimv2' -Query 'SELECT Version, BuildNumber, OSLanguage, OperatingSystemSKU FROM Win32_OperatingSystem' | Out-Null
    Invoke-Query -From 'root\cimv2' -Query 'SELECT PartOfDomain, DomainRole, NumberOfLogicalProcessors, TotalPhysicalMemory FROM Win32_ComputerSystem' | Out-Null
    Invoke-Query -From 'root\Microsoft\Windows\DeviceGuard' -Query 'SELECT SecurityServicesConfigured, SecurityServicesRunning FROM Win32_DeviceGuard' | Out-Null
    Invoke-Cmdlet -Name 'Get-WindowsFeature' -Action {
        Get-WindowsFeature -Name 'Hyper-V', 'Hyper-V-PowerShell' | ForEach-Object { "$($_.Name) $($_.InstallState)" }
    } | Out-Null
    Invoke-Program -Name 'winrm.cmd' -ArgumentList @('enumerate', 'winrm/config/listener')
    Invoke-Program -Name 'winrm.cmd' -ArgumentList @('get', 'winrm/config')
    Invoke-Program -Name 'setspn.exe' -ArgumentList @('-L', $env:COMPUTERNAME)
    Invoke-Cmdlet -Name 'Get-VMHost' -Action {
        $vmHost = Get-VMHost
        foreach ($name in @('LogicalProcessorCount', 'MemoryCapacity', 'NumaSpanningEnabled', 'SupportedVmVersions',
                'MaximumVirtualMachineMigrations', 'MaximumStorageMigrations', 'UseAnyNetworkForMigration',
                'VirtualMachineMigrationAuthenticationType', 'VirtualMachineMigrationEnabled',
                'VirtualMachineMigrationPerformanceOption')) {
            "$name=$(@($vmHost.$name | ForEach-Object { $_.ToString() }) -join ',')"
        }
    } | Out-Null
    Invoke-Cmdlet -Name 'delegation' -Action {
        $searcher = [adsisearcher] "(&(objectCategory=computer)(sAMAccountName=$env:COMPUTERNAME`$))"
        $searcher.PropertiesToLoad.AddRange(@('msDS-AllowedToDelegateTo', 'userAccountControl'))
        $found = $searcher.FindOne()
        $found.Properties['msds-allowedtodelegateto']
        "TrustedToAuthForDelegation=$(([int] $found.Properties['useraccountcontrol'][0] -band 0x1000000) -ne 0)"
    } | Out-Null
}

# B: who is let in by which way. One row of the matrix: run the script once as each kind of account.
function Test-Authentication {
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    Invoke-Cmdlet -Name 'identity' -Action { "$($identity.Name) $($identity.AuthenticationType) system=$($identity.IsSystem)" } | Out-Null
    $target = if ($OtherHost) { $OtherHost } else { [System.Net.Dns]::GetHostEntry('').HostName }
    $ways = @(
        @{ ComputerName = $target; Authentication = 'Kerberos'; UseSSL = $true; Port = 5986 }
        @{ ComputerName = $target; Authentication = 'Negotiate'; Port = 5985 }
    )
    foreach ($way in $ways) {
        $name = "$($way.Authentication) $($way.Port)"
        Invoke-Cmdlet -Name "Identify $name" -Action { Test-WSMan @way } | Out-Null
        Invoke-Cmdlet -Name "Enumerate $name" -Action {
            Get-WSManInstance -Enumerate -ResourceURI "$resource/*" -Dialect $wql -Filter 'SELECT Name FROM Msvm_ComputerSystem' @way
        } | Out-Null
    }
    Write-Manual -Step 'Run B as the managed account, as LocalSystem, as a user of the domain, and as a local administrator.'
}

# C: each thing that Drover reads: as typed properties, and as the XML that WinRM sends.
function Test-Reading {
    $queries = @(
        'SELECT * FROM Msvm_ComputerSystem'
        'SELECT * FROM Msvm_VirtualSystemSettingData'
        'SELECT * FROM Msvm_VirtualSystemManagementService'
        'SELECT * FROM Msvm_VirtualSystemMigrationService'
        'SELECT * FROM Msvm_VirtualSystemMigrationServiceSettingData'
        'SELECT * FROM Msvm_VirtualSystemMigrationNetworkSettingData'
        'SELECT * FROM Msvm_VirtualEthernetSwitch'
        'SELECT * FROM Msvm_NumaNode'
        'SELECT * FROM Msvm_MigrationJob'
        'SELECT * FROM Msvm_HeartbeatComponent'
        'SELECT * FROM Msvm_ShutdownComponent'
        'SELECT * FROM Msvm_PlannedComputerSystem'
        "SELECT * FROM Msvm_ComputerSystem WHERE Name = '00000000-0000-0000-0000-000000000000'"
        'SELECT * FROM Msvm_NoSuchClass'
    )
    foreach ($query in $queries) {
        Invoke-Query -Query $query | Out-Null
        $request = [ordered] @{ kind = 'wsman-enumerate'; resource = "$resource/*"; wql = $query }
        Invoke-Recorded -Request $request -Action {
            Get-WSManInstance -Enumerate -ResourceURI "$resource/*" -Dialect $wql -Filter $query
        } | Out-Null
    }
    $faults = [ordered] @{
        'unknown GUID'     = @{ CreationClassName = 'Msvm_ComputerSystem'; Name = '00000000-0000-0000-0000-000000000000' }
        'unknown selector' = @{ NoSuchSelector = 'x' }
    }
    foreach ($fault in $faults.Keys) {
        $selectors = $faults[$fault]
        $request = [ordered] @{ kind = 'wsman-get'; resource = "$resource/Msvm_ComputerSystem"; selectors = $selectors; name = $fault }
        Invoke-Recorded -Request $request -Action {
            Get-WSManInstance -ResourceURI "$resource/Msvm_ComputerSystem" -SelectorSet $selectors
        } | Out-Null
    }
    $request = [ordered] @{ kind = 'wsman-enumerate'; resource = "$resource/Msvm_ComputerSystem"; wql = 'SELECT * FROM Msvm_ComputerSystem' }
    Invoke-Recorded -Request $request -Action {
        Get-WSManInstance -Enumerate -ResourceURI "$resource/Msvm_ComputerSystem" -Dialect $wql -Filter 'SELECT * FROM Msvm_ComputerSystem'
    } | Out-Null
    Get-Summary | Out-Null
}

function Get-Summary {
    $service = Get-CimInstance -Namespace $namespace -ClassName 'Msvm_VirtualSystemManagementService'
    Invoke-Method -Instance $service -Method 'GetSummaryInformation' -Arguments @{
        RequestedInformation = [uint32[]] @(0, 1, 4, 100, 101, 103, 104, 105, 109, 110, 112, 113)
    }
}

# D: the states of a VM, and what a request returns that has been fulfilled already.
function Test-PowerState {
    if (-not $TestVM) {
        Write-Manual -Step 'Give a VM that may be lost with -TestVM.'
        return
    }
    $vm = Get-TestComputer
    if (-not $IncludePower -or -not $PSCmdlet.ShouldProcess($TestVM, 'start, pause, save and turn off')) {
        return
    }
    $walk = @('Disabled', 'Enabled', 'Enabled', 'Quiesce', 'Quiesce', 'Enabled', 'Offline', 'Enabled', 'Reset', 'Disabled', 'Disabled')
    foreach ($step in $walk) {
        Invoke-Method -Instance $vm -Method 'RequestStateChange' -Arguments @{ RequestedState = [uint16] $requested[$step] } | Out-Null
        $settled = Wait-Until -Condition {
            $now = Get-CimInstance -InputObject $vm
            # In the middle of a change Hyper-V says 10, starting, or a number beyond those of the standard.
            $now.EnabledState -in @(2, 3, 6, 9, 32768, 32769)
        }
        Invoke-Query -Query "SELECT * FROM Msvm_ComputerSystem WHERE Name = '$($vm.Name)'" | Out-Null
        if (-not $settled) {
            throw "VM $TestVM has not settled within $deadline after $step. Look at it in Hyper-V Manager; the records hold its last state."
        }
    }
    Write-Manual -Step 'Start a VM with integration services, shut it down through Msvm_ShutdownComponent, and run C before and after.'
}

# E: settings of migrations, changed and put back.
function Test-Setting {
    Invoke-Query -Query 'SELECT * FROM Msvm_VirtualSystemMigrationServiceSettingData' | Out-Null
    if (-not $IncludeSettings -or -not $PSCmdlet.ShouldProcess('Hyper-V', 'change settings of migrations, and put them back')) {
        return
    }
    $before = Get-VMHost
    $limit = $before.MaximumVirtualMachineMigrations
    $option = $before.VirtualMachineMigrationPerformanceOption.ToString()
    try {
        Invoke-Cmdlet -Name 'limit' -Action { Set-VMHost -MaximumVirtualMachineMigrations ($limit + 1) } | Out-Null
        Invoke-Query -Query 'SELECT * FROM Msvm_VirtualSystemMigrationServiceSettingData' | Out-Null
        foreach ($other in @('TCPIP', 'Compression', 'SMB')) {
            Invoke-Cmdlet -Name "option $other" -Action { Set-VMHost -VirtualMachineMigrationPerformanceOption $other } | Out-Null
            Invoke-Query -Query 'SELECT * FROM Msvm_VirtualSystemMigrationServiceSettingData' | Out-Null
        }
        # A subnet of documentation: no host has it. Not added if it is there.
        if ($null -eq (Get-VMMigrationNetwork -Subnet '192.0.2.0/24' -ErrorAction SilentlyContinue)) {
            Invoke-Cmdlet -Name 'add network' -Action { Add-VMMigrationNetwork -Subnet '192.0.2.0/24' } | Out-Null
            Invoke-Query -Query 'SELECT * FROM Msvm_VirtualSystemMigrationNetworkSettingData' | Out-Null
            Invoke-Cmdlet -Name 'remove network' -Action { Remove-VMMigrationNetwork -Subnet '192.0.2.0/24' } | Out-Null
        }
    } finally {
        Set-VMHost -MaximumVirtualMachineMigrations $limit -VirtualMachineMigrationPerformanceOption $option
    }
    Invoke-Query -Query 'SELECT * FROM Msvm_VirtualSystemMigrationServiceSettingData' | Out-Null
}

# Records the jobs of migrations until the given one of PowerShell is over; at the percentage, asks for its end.
function Watch-Migration {
    param($Job, [int] $CancelAt = 101)

    $once = @{ Cancelled = $false }
    $ended = Wait-Until -Condition {
        foreach ($migration in @(Invoke-Query -Query 'SELECT * FROM Msvm_MigrationJob')) {
            if (-not $once.Cancelled -and $migration.PercentComplete -ge $CancelAt -and $migration.PercentComplete -lt 100) {
                $once.Cancelled = $true
                foreach ($way in @('Terminate', 'Kill')) {
                    Invoke-Method -Instance $migration -Method 'RequestStateChange' -Arguments @{ RequestedState = [uint16] $jobRequest[$way] } | Out-Null
                }
            }
        }
        $Job.State.ToString() -in @('Completed', 'Failed', 'Stopped')
    }
    Invoke-Cmdlet -Name 'end of the move' -Action { "ended=$ended state=$($Job.State)" } | Out-Null
}

# F: a live move, and one that is cancelled.
function Test-Move {
    if ($IncludeMoves -and $TestVM -and $OtherHost -and
        $PSCmdlet.ShouldProcess($TestVM, "move to $OtherHost")) {
        $vm = Get-VM -Name $TestVM
        foreach ($cancelAt in @(30, 101)) {
            # The first is to be cancelled; if it was too quick for that, the VM is gone, and so is the second.
            if ($null -ne (Get-VM -Name $TestVM -ErrorAction SilentlyContinue)) {
                $jobs = @(Invoke-Cmdlet -Name 'Move-VM' -Action { Move-VM -VM $vm -DestinationHost $OtherHost -AsJob })
                if ($jobs.Count -eq 1) {
                    Watch-Migration -Job $jobs[0] -CancelAt $cancelAt
                }
                Invoke-Query -Query 'SELECT * FROM Msvm_PlannedComputerSystem' | Out-Null
            }
        }
    }
    Write-Manual -Step @(
        'Move the VM back: run F on the other host. Once with disks on an SMB share, once without (Move-VM -IncludeStorage).'
        'More moves at once than the limit; a target without the switch; an ISO mounted; too little memory; migrations disabled.'
        'End the agent in the middle of a move, start it, and see that it finds the job again.'
    )
}

# G: what Hyper-V says about whether a VM can be moved.
function Test-Compatibility {
    if (-not $TestVM -or -not $OtherHost) {
        Write-Manual -Step 'Give -TestVM and -OtherHost.'
        return
    }
    Invoke-Cmdlet -Name 'Compare-VM' -Action {
        $report = Compare-VM -Name $TestVM -DestinationHost $OtherHost
        "operation=$($report.OperationType)"
        foreach ($problem in @($report.Incompatibilities)) {
            "incompatibility=$($problem.MessageId)"
        }
    } | Out-Null
    $vm = Get-TestComputer
    $service = Get-CimInstance -Namespace $namespace -ClassName 'Msvm_VirtualSystemMigrationService'
    Invoke-Method -Instance $service -Method 'CheckVirtualSystemIsMigratable' -Arguments @{ ComputerSystem = [ciminstance] $vm } | Out-Null
    Invoke-Method -Instance $service -Method 'GetSystemCompatibilityVectors' | Out-Null
}

# H: how long files of a dead host stay locked, and whether its VM can be registered.
function Test-Failover {
    if ($IncludeFailover -and $ConfigurationFile -and
        $PSCmdlet.ShouldProcess($ConfigurationFile, 'wait for its lock, and check its registration')) {
        Invoke-Cmdlet -Name 'lock of the configuration' -Action {
            $free = Wait-Until -Condition {
                try {
                    [System.IO.File]::Open($ConfigurationFile, 'Open', 'ReadWrite', 'None').Dispose()
                    $true
                } catch [System.IO.IOException] {
                    $false
                }
            }
            "free=$free"
        } | Out-Null
        Invoke-Cmdlet -Name 'Import-VM' -Action {
            $report = Compare-VM -Path $ConfigurationFile -Register
            foreach ($problem in @($report.Incompatibilities)) {
                "incompatibility=$($problem.MessageId)"
            }
            if (@($report.Incompatibilities).Count -eq 0) {
                "registered=$((Import-VM -CompatibilityReport $report).Id)"
            }
        } | Out-Null
        Invoke-Query -Query 'SELECT * FROM Msvm_ComputerSystem' | Out-Null
    }
    Write-Manual -Step @(
        'Cut the power of the other host while its VM runs, then run H here at once: the duration of the first record is the time for which SMB keeps the lock.'
        'The same with checkpoints, with a saved VM, and with a VM whose switch is missing here.'
        'Start the dead host again: run A and C there. On a throw-away VM only: remove the stale registration, and see what becomes of the files.'
    )
}

# I: what polling costs.
function Test-Load {
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $times = @{ summary = [System.Collections.Generic.List[double]]::new(); listing = [System.Collections.Generic.List[double]]::new() }
    $service = Get-CimInstance -Namespace $namespace -ClassName 'Msvm_VirtualSystemManagementService'
    $rounds = 0
    while (($IncludeLoad -and $watch.Elapsed -lt $LoadDuration) -or (-not $IncludeLoad -and $rounds -lt 20)) {
        $lap = [System.Diagnostics.Stopwatch]::StartNew()
        Invoke-CimMethod -InputObject $service -MethodName 'GetSummaryInformation' -Arguments @{ RequestedInformation = [uint32[]] @(0, 100, 101) } | Out-Null
        $times.summary.Add($lap.Elapsed.TotalMilliseconds)
        $lap.Restart()
        Get-CimInstance -Namespace $namespace -Query 'SELECT * FROM Msvm_ComputerSystem' | Out-Null
        $times.listing.Add($lap.Elapsed.TotalMilliseconds)
        if ($rounds % 150 -eq 0) {
            Invoke-Query -From 'root\cimv2' -Query "SELECT Name, HandleCount, WorkingSetSize FROM Win32_Process WHERE Name = 'WmiPrvSE.exe' OR Name = 'vmms.exe'" | Out-Null
        }
        $rounds++
        if ($IncludeLoad) {
            Start-Sleep -Seconds 2
        }
    }
    foreach ($kind in @('summary', 'listing')) {
        $sorted = @($times[$kind] | Sort-Object)
        $mean = ($sorted | Measure-Object -Average).Average
        $high = $sorted[[math]::Min($sorted.Count - 1, [int] [math]::Ceiling($sorted.Count * 0.95) - 1)]
        Invoke-Cmdlet -Name "latency $kind" -Action {
            [string]::Format([cultureinfo]::InvariantCulture, 'rounds={0} meanMs={1:F1} p95Ms={2:F1}', $sorted.Count, $mean, $high)
        } | Out-Null
    }
}

# J: the reads of C with the languages of this host; what matters is to run it on a host that is not English.
function Test-Locale {
    Invoke-Cmdlet -Name 'culture' -Action { "culture=$((Get-Culture).Name) ui=$((Get-UICulture).Name)" } | Out-Null
    Test-Reading
    Write-Manual -Step 'Run J on a host with another language than English.'
}

$runs = [ordered] @{
    A = { Test-Environment }
    B = { Test-Authentication }
    C = { Test-Reading }
    D = { Test-PowerState }
    E = { Test-Setting }
    F = { Test-Move }
    G = { Test-Compatibility }
    H = { Test-Failover }
    I = { Test-Load }
    J = { Test-Locale }
}

# The folder of records is no change that -WhatIf is asked about.
[System.IO.Directory]::CreateDirectory($OutputFolder) | Out-Null
$recordFile = Join-Path -Path (Get-Item -LiteralPath $OutputFolder).FullName -ChildPath 'records.jsonl'
Initialize-Placeholder
$failed = @()
foreach ($letter in $runs.Keys) {
    if ($letter -notin $Tests) {
        continue
    }
    $state.Test = $letter
    try {
        & $runs[$letter]
    } catch {
        $failed += $letter
        Write-Warning "${letter}: $($_.Exception.Message)"
    }
}
Write-Output "$($state.Sequence) records in $recordFile"
if ($failed.Count -gt 0) {
    throw "Not finished: $($failed -join ', '). See the warnings above."
}
