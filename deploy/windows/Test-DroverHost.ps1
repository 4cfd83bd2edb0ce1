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

Names of hosts, domains and users, serial numbers, identifiers of accounts and addresses are replaced by placeholders, the
same one for the same text. Passwords and keys are not asked for. Read the file nevertheless before it leaves your house:
names of VMs, switches and folders stay in it, and so does the name of a host that stands in a text of Windows alone.

.PARAMETER OutputFolder
A folder for the records; made if it is not there. Records are appended.

.PARAMETER Tests
Which tests: letters from A to J. Default: all.

.PARAMETER OtherHost
Full name of another host: asked through WinRM (B), and in compatibility checks (G) also by CIM on port 5985; the target of
moves (F).

.PARAMETER TestVM
Name of a VM that may be lost, for D and F; G compares it with OtherHost without moving it.

.PARAMETER IncludePower
D also starts, pauses, saves and turns off TestVM.

.PARAMETER IncludeSettings
E also changes the limit of migrations and the performance option, and puts them back.

.PARAMETER IncludeMoves
F also moves TestVM to OtherHost, after two moves that it cancels. Run it on the other host to move the VM back.

.PARAMETER IncludeFailover
H also registers ConfigurationFile on this host, in place, and starts its VM. Only after the host that ran the VM is off.

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
# Properties that tell where a host is, by kind of placeholder; and the same ones in WinRM's XML.
$ownProperties = @{
    UserName              = 'user'
    Owner                 = 'user'
    PrimaryOwnerName      = 'user'
    RegisteredUser        = 'user'
    Organization          = 'organization'
    CSName                = 'host'
    DNSHostName           = 'host'
    DestinationHost       = 'host'
    SerialNumber          = 'serial'
    BIOSSerialNumber      = 'serial'
    ChassisSerialNumber   = 'serial'
    BaseBoardSerialNumber = 'serial'
}
$ownValue = "(<(?:\w+:)?($($ownProperties.Keys -join '|'))(?:\s[^<>]*)?>)([^<>]+)(?=</)"

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

# The value of a property that names a user, a host or a machine as a whole; of an account, each part for itself. It is
# replaced there alone: an organisation may be called as much else is in a record.
function Get-ValuePlaceholder {
    param([string] $Kind, [string] $Text)

    if ($Text -match '^(?:NT AUTHORITY|NT VIRTUAL MACHINE|BUILTIN)\\') {
        return $Text
    }
    if ($Kind -eq 'user' -and $Text -match '^([^\\]+)\\([^\\]+)$') {
        return "$(Get-Placeholder -Kind 'domain' -Text $Matches[1])\$(Get-Placeholder -Kind 'user' -Text $Matches[2])"
    }
    Get-Placeholder -Kind $Kind -Text $Text
}

function Protect-Text {
    param([AllowEmptyString()] [string] $Text)

    $result = [regex]::Replace($Text, $ownValue, {
            param($match)
            $match.Groups[1].Value + (Get-ValuePlaceholder -Kind $ownProperties[$match.Groups[2].Value] -Text $match.Groups[3].Value)
        })
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
                value = if ($ownProperties.ContainsKey($property.Name) -and $property.Value) {
                    Get-ValuePlaceholder -Kind $ownProperties[$property.Name] -Text $property.Value
                } else {
                    ConvertTo-Value -Value $property.Value
                }
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

# At another host, if one is named; the instance has to be from there.
function Invoke-Method {
    param($Instance, [string] $Method, [hashtable] $Arguments = @{}, [string] $At = '')

    $request = [ordered] @{
        kind      = 'invoke'
        namespace = $namespace
        class     = $Instance.CimSystemProperties.ClassName
        method    = $Method
        arguments = @($Arguments.Keys | Sort-Object | ForEach-Object {
                [ordered] @{ name = $_; value = ConvertTo-Value -Value $Arguments[$_] }
            })
    }
    $call = @{ InputObject = $Instance; MethodName = $Method; Arguments = $Arguments }
    if ($At) {
        $request.at = Protect-Text -Text $At
        $call.ComputerName = $At
    }
    Invoke-Recorded -Request $request -Action { Invoke-CimMethod @call }
}

# An output of a method; nothing if the method failed or has no such output.
function Get-Output {
    param($Result, [string] $Name)

    if ($null -ne $Result -and $Result.PSObject.Properties[$Name]) {
        $Result.PSObject.Properties[$Name].Value
    }
}

# Records the job that a method has started until it is over, and then what it says of errors. At a percentage it asks for
# its end, in both ways one after the other. True if the job, or a method without one, has ended well.
function Watch-Job {
    param($Result, [int] $CancelAt = 101)

    $returned = Get-Output -Result $Result -Name 'ReturnValue'
    $reference = Get-Output -Result $Result -Name 'Job'
    if ($returned -ne 4096 -or $null -eq $reference) {
        return $returned -eq 0
    }
    $last = @{ State = 0; Cancelled = $false }
    $ended = Wait-Until -Condition {
        $job = @(Invoke-Recorded -Request ([ordered] @{ kind = 'get'; class = $reference.CimSystemProperties.ClassName }) -Action {
                Get-CimInstance -InputObject $reference
            })
        if ($job.Count -ne 1) {
            return $true
        }
        $last.State = $job[0].JobState
        if (-not $last.Cancelled -and $job[0].PercentComplete -ge $CancelAt -and $job[0].PercentComplete -lt 100) {
            $last.Cancelled = $true
            foreach ($way in @('Terminate', 'Kill')) {
                Invoke-Method -Instance $reference -Method 'RequestStateChange' -Arguments @{ RequestedState = [uint16] $jobRequest[$way] } | Out-Null
            }
        }
        # Up to 6 it is on its way.
        $last.State -gt 6
    }
    Invoke-Method -Instance $reference -Method 'GetErrorEx' | Out-Null
    $ended -and $last.State -in @(7, 32768)
}

# The text of an instance that a method takes, as the agent writes it: with nothing but what it sets.
function Get-MoveSetting {
    param([string[]] $Address = @())

    $addresses = ''
    if ($Address.Count -gt 0) {
        $values = @($Address | ForEach-Object { "<VALUE>$([System.Security.SecurityElement]::Escape($_))</VALUE>" }) -join ''
        $addresses = '<PROPERTY.ARRAY NAME="DestinationIPAddressList" TYPE="string"><VALUE.ARRAY>' + $values + '</VALUE.ARRAY></PROPERTY.ARRAY>'
    }
    # 32768: the VM alone, its files stay where they are.
    $type = '<PROPERTY NAME="MigrationType" TYPE="uint16"><VALUE>32768</VALUE></PROPERTY>'
    "<INSTANCE CLASSNAME=""Msvm_VirtualSystemMigrationSettingData"">$type$addresses</INSTANCE>"
}

function Get-MoveArgument {
    param($Computer, [string[]] $Address = @())

    @{
        ComputerSystem       = [ciminstance] $Computer
        DestinationHost      = $OtherHost
        MigrationSettingData = Get-MoveSetting -Address $Address
    }
}

# One of the services of Hyper-V, here or at another host.
function Get-HyperVService {
    param([ValidateSet('Management', 'Migration')] [string] $Name, [string] $At = '')

    $query = @{ Namespace = $namespace; ClassName = "Msvm_VirtualSystem${Name}Service" }
    if ($At) {
        $query.ComputerName = $At
    }
    Get-CimInstance @query
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
        Invoke-Cmdlet -Name "Invoke GetSummaryInformation $name" -Action {
            $options = if ($way.ContainsKey('UseSSL')) { New-CimSessionOption -UseSsl } else { New-CimSessionOption -Protocol 'Wsman' }
            $session = New-CimSession -ComputerName $way.ComputerName -Authentication $way.Authentication -Port $way.Port -SessionOption $options
            try {
                $service = Get-CimInstance -CimSession $session -Namespace $namespace -ClassName 'Msvm_VirtualSystemManagementService'
                $summary = Invoke-CimMethod -CimSession $session -InputObject $service -MethodName 'GetSummaryInformation' -Arguments @{
                    RequestedInformation = [uint32[]] @(0, 1, 100)
                }
                "returnValue=$($summary.ReturnValue) vms=$(@($summary.SummaryInformation).Count)"
            } finally {
                Remove-CimSession -CimSession $session
            }
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
        'SELECT * FROM Msvm_MemorySettingData'
        'SELECT * FROM Msvm_ProcessorSettingData'
        'SELECT * FROM Msvm_StorageAllocationSettingData'
        'SELECT * FROM Msvm_EthernetPortAllocationSettingData'
        'SELECT * FROM Msvm_MigrationJob'
        'SELECT * FROM Msvm_ConcreteJob'
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
    $request = [ordered] @{ kind = 'wsman-enumerate'; resource = "$resource/Msvm_ComputerSystem"; name = 'references' }
    Invoke-Recorded -Request $request -Action {
        Get-WSManInstance -Enumerate -ResourceURI "$resource/Msvm_ComputerSystem" -ReturnType 'epr'
    } | Out-Null
    Get-Summary | Out-Null
}

function Get-Summary {
    $service = Get-HyperVService -Name 'Management'
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

# Moves the VM with the call that the agent makes: once without addresses, which is cancelled, once with those of the target.
function Move-AsAgent {
    $service = Get-HyperVService -Name 'Migration'
    $there = @(Invoke-Recorded -Request ([ordered] @{ kind = 'get'; class = 'Msvm_VirtualSystemMigrationService'; at = (Protect-Text -Text $OtherHost) }) -Action {
            Get-HyperVService -Name 'Migration' -At $OtherHost
        })
    $addresses = @($there | ForEach-Object { $_.MigrationServiceListenerIPAddressList } | Where-Object { $_ })
    foreach ($try in @(@{ CancelAt = 30; Address = @() }, @{ CancelAt = 101; Address = $addresses })) {
        # Whatever was too quick to be cancelled has left.
        if ($null -ne (Get-VM -Name $TestVM -ErrorAction SilentlyContinue)) {
            $arguments = Get-MoveArgument -Computer (Get-TestComputer) -Address $try.Address
            $result = Invoke-Method -Instance $service -Method 'MigrateVirtualSystemToHost' -Arguments $arguments
            $isMoved = Watch-Job -Result $result -CancelAt $try.CancelAt
            Invoke-Cmdlet -Name 'end of the move' -Action { "moved=$isMoved addresses=$($try.Address.Count)" } | Out-Null
            Invoke-Query -Query 'SELECT * FROM Msvm_PlannedComputerSystem' | Out-Null
        }
    }
}

# F: live moves, by Hyper-V's own cmdlet and as the agent makes them; all but the last are to be cancelled.
function Test-Move {
    if ($IncludeMoves -and $TestVM -and $OtherHost -and
        $PSCmdlet.ShouldProcess($TestVM, "move to $OtherHost")) {
        $vm = Get-VM -Name $TestVM
        $jobs = @(Invoke-Cmdlet -Name 'Move-VM' -Action { Move-VM -VM $vm -DestinationHost $OtherHost -AsJob })
        if ($jobs.Count -eq 1) {
            Watch-Migration -Job $jobs[0] -CancelAt 30
        }
        Invoke-Query -Query 'SELECT * FROM Msvm_PlannedComputerSystem' | Out-Null
        Move-AsAgent
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
    $service = Get-HyperVService -Name 'Migration'
    $check = Invoke-Method -Instance $service -Method 'CheckVirtualSystemIsMigratable' -Arguments (Get-MoveArgument -Computer $vm)
    $isMigratable = Watch-Job -Result $check
    Invoke-Cmdlet -Name 'check of a move' -Action { "migratable=$isMigratable" } | Out-Null
    $hostSystem = Get-CimInstance -Namespace $namespace -Query "SELECT * FROM Msvm_ComputerSystem WHERE Name = '$env:COMPUTERNAME'"
    foreach ($system in @($vm, $hostSystem)) {
        Invoke-Method -Instance $service -Method 'GetSystemCompatibilityVectors' -Arguments @{ ComputerSystem = [ciminstance] $system } | Out-Null
    }
    # What one host says of a system, the other one judges: this VM there, and the other host, for any VM of it, here.
    $at = Protect-Text -Text $OtherHost
    $there = @(Invoke-Recorded -Request ([ordered] @{ kind = 'get'; class = 'Msvm_VirtualSystemMigrationService'; at = $at }) -Action {
            Get-HyperVService -Name 'Migration' -At $OtherHost
        })
    if ($there.Count -ne 1) {
        return
    }
    $told = Invoke-Method -Instance $service -Method 'GetSystemCompatibilityInfo' -Arguments @{ ComputerSystem = [ciminstance] $vm }
    $bytes = Get-Output -Result $told -Name 'CompatibilityInfo'
    if ($null -ne $bytes) {
        Invoke-Method -Instance $there[0] -Method 'CheckSystemCompatibilityInfo' -Arguments @{ CompatibilityInfo = [byte[]] $bytes } -At $OtherHost | Out-Null
    }
    $otherName = ($OtherHost -split '\.')[0]
    $otherSystem = Get-CimInstance -ComputerName $OtherHost -Namespace $namespace -Query "SELECT * FROM Msvm_ComputerSystem WHERE Name = '$otherName'"
    $told = Invoke-Method -Instance $there[0] -Method 'GetSystemCompatibilityInfo' -Arguments @{ ComputerSystem = [ciminstance] $otherSystem } -At $OtherHost
    $bytes = Get-Output -Result $told -Name 'CompatibilityInfo'
    if ($null -ne $bytes) {
        Invoke-Method -Instance $service -Method 'CheckSystemCompatibilityInfo' -Arguments @{ CompatibilityInfo = [byte[]] $bytes } | Out-Null
    }
}

# Registers a VM by its file with the calls that the agent makes, and starts it; what is left after a failure is removed.
function Register-AsAgent {
    $service = Get-HyperVService -Name 'Management'
    $root = Split-Path -Path (Split-Path -Path $ConfigurationFile -Parent) -Parent
    $result = Invoke-Method -Instance $service -Method 'ImportSystemDefinition' -Arguments @{
        SystemDefinitionFile        = $ConfigurationFile
        SnapshotFolder              = "$root\Snapshots"
        GenerateNewSystemIdentifier = $false
    }
    if (-not (Watch-Job -Result $result)) {
        return
    }
    $id = [System.IO.Path]::GetFileNameWithoutExtension($ConfigurationFile)
    $planned = @(Invoke-Query -Query "SELECT * FROM Msvm_PlannedComputerSystem WHERE Name = '$id'")
    if ($planned.Count -ne 1) {
        throw "There are $($planned.Count) planned VMs $id after the import. Look at it with Get-VM -Id, and at the last records."
    }
    foreach ($step in @('ValidatePlannedSystem', 'RealizePlannedSystem')) {
        $result = Invoke-Method -Instance $service -Method $step -Arguments @{ PlannedSystem = [ciminstance] $planned[0] }
        if (-not (Watch-Job -Result $result)) {
            # Only what is planned still, and not real: of a real VM it would delete files.
            $isReal = @(Invoke-Query -Query "SELECT * FROM Msvm_ComputerSystem WHERE Name = '$id'").Count -gt 0
            $left = @(Invoke-Query -Query "SELECT * FROM Msvm_PlannedComputerSystem WHERE Name = '$id'")
            if (-not $isReal -and $left.Count -eq 1) {
                Invoke-Method -Instance $service -Method 'DestroySystem' -Arguments @{ AffectedSystem = [ciminstance] $left[0] } | Out-Null
            }
            return
        }
    }
    foreach ($vm in @(Invoke-Query -Query "SELECT * FROM Msvm_ComputerSystem WHERE Name = '$id'")) {
        $result = Invoke-Method -Instance $vm -Method 'RequestStateChange' -Arguments @{ RequestedState = [uint16] $requested['Enabled'] }
        $isStarted = Watch-Job -Result $result
        Invoke-Cmdlet -Name 'start' -Action { "started=$isStarted" } | Out-Null
    }
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
        Register-AsAgent
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
    $service = Get-HyperVService -Name 'Management'
    $rounds = 0
    while (($IncludeLoad -and $watch.Elapsed -lt $LoadDuration) -or (-not $IncludeLoad -and $rounds -lt 20)) {
        $lap = [System.Diagnostics.Stopwatch]::StartNew()
        Invoke-CimMethod -InputObject $service -MethodName 'GetSummaryInformation' -Arguments @{ RequestedInformation = [uint32[]] @(0, 100, 101) } | Out-Null
        $times.summary.Add($lap.Elapsed.TotalMilliseconds)
        $lap.Restart()
        Get-CimInstance -Namespace $namespace -Query 'SELECT * FROM Msvm_ComputerSystem' | Out-Null
        $times.listing.Add($lap.Elapsed.TotalMilliseconds)
        if ($rounds % 150 -eq 0) {
            # The agent asks for NUMA nodes; their associators have been seen to end vmms, which its process then shows.
            Invoke-Query -Query 'SELECT * FROM Msvm_NumaNode' | Out-Null
            Invoke-Query -From 'root\cimv2' -Query "SELECT Name, ProcessId, HandleCount, WorkingSetSize FROM Win32_Process WHERE Name = 'WmiPrvSE.exe' OR Name = 'vmms.exe'" | Out-Null
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
