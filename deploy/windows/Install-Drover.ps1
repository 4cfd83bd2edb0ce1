<#
.SYNOPSIS
Sets this Hyper-V host up for Drover and installs the agent as a service.

.DESCRIPTION
May be run again at any time: what is there already is left as it is. The steps, in this order:

 1  checks the system, the Hyper-V role, Java, and the account
 2  has WinRM start with Windows, checks the certificate, and makes a WinRM listener for HTTPS with it
 3  gives the account the right to log on as a service, and makes it a member of the local group that -Group names
 4  opens the firewall for Drover, for WinRM by HTTPS and for live migrations
 5  enables live migrations with Kerberos
 6  lets only SYSTEM, Administrators and the account into ProgramData\Drover
 7  installs the service drover-agent, or updates it
 8  says what is missing in Active Directory for moves to -OtherHosts

The service is not started; -Start does that. Nothing is changed with -WhatIf.

A host that is in no domain needs -ClientCertificateIssuer and -ClientCertificateSubject: WinRM then takes the agent's client
certificate for its account, a local user with -ServicePassword. There is no Kerberos there, and without it no live
migration: step 5 is left out, and so is the check of delegation.

.PARAMETER ServiceAccount
The account under which the agent runs: a group managed service account (CORP\drover$), or a user of the domain with
-ServicePassword. In a workgroup a local user (HV1\drover), with its password.

.PARAMETER ConfigPath
The agent's configuration file. It has to exist: conf\agent.example.yaml is an example.

.PARAMETER CertificateThumbprint
Thumbprint of a certificate in LocalMachine\My with a private key, for server authentication, issued for the full name of
this host.

.PARAMETER ServicePassword
Password of a user account. A group managed service account has none.

.PARAMETER ClientCertificateIssuer
Only in a workgroup: thumbprint of the certificate that has signed the agent's client certificate. It has to be in
LocalMachine\Root or LocalMachine\CA.

.PARAMETER ClientCertificateSubject
Only in a workgroup: the user principal name in the agent's client certificate (subject alternative name), as
drover@localhost.

.PARAMETER Group
Which local group the account becomes a member of. WinRM's default lets only Administrators in; HyperVAdministrators needs
further rights for WinRM and WMI, which this script does not give.

.PARAMETER Ports
TCP ports of Drover on this host: those of grpc, advertisedHttp and zookeeper.embedded in the configuration.

.PARAMETER RemoteAddress
From where Drover, WinRM and migrations are let in: addresses, subnets, or LocalSubnet. In the firewall's domain profile; in a
workgroup, in the private one.

.PARAMETER OtherHosts
Full names of the other hosts, for the check of delegation.

.PARAMETER JavaHome
A Java 17 or newer, 64 bit. Default: the environment variable JAVA_HOME.

.PARAMETER Start
Starts the service at the end.

.EXAMPLE
.\Install-Drover.ps1 -ServiceAccount 'CORP\drover$' -ConfigPath C:\ProgramData\Drover\agent.yaml -CertificateThumbprint 0123456789ABCDEF0123456789ABCDEF01234567 -OtherHosts hv2.corp.example -WhatIf
#>
#Requires -Version 5.1
#Requires -RunAsAdministrator
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [ValidatePattern('^[^\\/"\[\]:;|=,+*?<>]+\\[^\\/"\[\]:;|=,+*?<>]+$')] [string] $ServiceAccount,
    [Parameter(Mandatory)] [string] $ConfigPath,
    [Parameter(Mandatory)] [ValidatePattern('^[0-9A-Fa-f]{40}$')] [string] $CertificateThumbprint,
    [securestring] $ServicePassword,
    [ValidatePattern('^[0-9A-Fa-f]{40}$')] [string] $ClientCertificateIssuer,
    [ValidatePattern('^[^*\s]+$')] [string] $ClientCertificateSubject,
    [ValidateSet('Administrators', 'HyperVAdministrators')] [string] $Group = 'Administrators',
    [ValidateRange(1, 65535)] [int[]] $Ports = @(7443, 7480, 2181, 2888, 3888),
    [string[]] $RemoteAddress = @('LocalSubnet'),
    [string[]] $OtherHosts = @(),
    [string] $JavaHome = $env:JAVA_HOME,
    [switch] $Start
)
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$root = Split-Path -Path $PSScriptRoot -Parent

# Groups by their well-known identifiers: their names differ between the languages of Windows.
$groupSids = @{ Administrators = 'S-1-5-32-544'; HyperVAdministrators = 'S-1-5-32-578' }

function Get-FullName {
    $name = $computer.DNSHostName
    if ($isInDomain) {
        $name = "$name.$($computer.Domain)"
    }
    $name.ToLowerInvariant()
}

# A workgroup has no managed accounts, and its hosts know the agent by its certificate.
function Assert-Login {
    if ($isInDomain) {
        if ($ClientCertificateIssuer -or $ClientCertificateSubject) {
            throw 'This host is in a domain, where the agent logs in by Kerberos; WinRM takes client certificates for local users only. Leave -ClientCertificateIssuer and -ClientCertificateSubject out.'
        }
        return
    }
    if (-not $ClientCertificateIssuer -or -not $ClientCertificateSubject) {
        throw "This host is in no domain. VMs cannot be migrated live between such hosts, for that needs Kerberos: join it to the hosts' domain first. To have Drover on it nevertheless, give -ClientCertificateIssuer and -ClientCertificateSubject of the agent's client certificate."
    }
    if ($null -eq $ServicePassword) {
        throw "WinRM takes a client certificate for a local user, whose password it has to know. Give that of $ServiceAccount with -ServicePassword."
    }
    $stores = @('Root', 'CA' | Where-Object { Test-Path -LiteralPath "Cert:\LocalMachine\$_\$ClientCertificateIssuer" })
    if ($stores.Count -eq 0) {
        throw "There is no certificate $ClientCertificateIssuer in LocalMachine\Root or LocalMachine\CA. Import the one that has signed the agent's client certificate, or give the thumbprint of another one."
    }
}

function Assert-System {
    $windows = Get-CimInstance -ClassName 'Win32_OperatingSystem'
    if ([version] $windows.Version -lt [version] '10.0.14393') {
        throw "Windows $($windows.Version) is too old. Drover needs Windows Server 2016 (10.0.14393) or newer."
    }
    if ($null -eq (Get-Service -Name 'vmms' -ErrorAction SilentlyContinue)) {
        throw 'The Hyper-V role is missing: there is no service vmms. Install it (Install-WindowsFeature Hyper-V -IncludeManagementTools -Restart), then run this script again.'
    }
    if ($null -eq (Get-Command -Name 'Get-VMHost' -ErrorAction SilentlyContinue)) {
        throw 'The PowerShell module of Hyper-V is missing. Install it (Install-WindowsFeature Hyper-V-PowerShell), then run this script again.'
    }
}

function Get-JavaMajor {
    if (-not $JavaHome) {
        throw 'No Java is named: JAVA_HOME is not set. Install a 64-bit Java 17 or newer, and give its folder with -JavaHome.'
    }
    $release = Join-Path -Path $JavaHome -ChildPath 'release'
    if (-not (Test-Path -LiteralPath (Join-Path -Path $JavaHome -ChildPath 'bin\server\jvm.dll')) -or
        -not (Test-Path -LiteralPath $release)) {
        throw "$JavaHome holds no Java: bin\server\jvm.dll or the file release is missing. Give the folder of a 64-bit Java 17 or newer with -JavaHome."
    }
    $found = [regex]::Match((Get-Content -LiteralPath $release -Raw), 'JAVA_VERSION="(?:1\.)?(\d+)')
    if (-not $found.Success -or [int] $found.Groups[1].Value -lt 17) {
        throw "The Java in $JavaHome is too old, or does not say its version. Give the folder of a 64-bit Java 17 or newer with -JavaHome."
    }
    [int] $found.Groups[1].Value
}

function Get-AccountSid {
    try {
        $account = [System.Security.Principal.NTAccount]::new($ServiceAccount)
        $account.Translate([System.Security.Principal.SecurityIdentifier]).Value
    } catch [System.Security.Principal.IdentityNotMappedException] {
        throw "The account $ServiceAccount is not known. Check the name (DOMAIN\name; a group managed service account ends in `$), and that a domain controller can be reached."
    }
}

function Assert-Certificate {
    param([string] $FullName)

    $path = "Cert:\LocalMachine\My\$CertificateThumbprint"
    if (-not (Test-Path -LiteralPath $path)) {
        throw "There is no certificate $CertificateThumbprint in LocalMachine\My. Import it with its private key, or give the thumbprint of another one."
    }
    $certificate = Get-Item -LiteralPath $path
    $names = @($certificate.DnsNameList | ForEach-Object { $_.Unicode.ToLowerInvariant() })
    if ($FullName -notin $names) {
        throw "Certificate $CertificateThumbprint is for $($names -join ', '). The other hosts ask for $FullName. Get a certificate with this name as subject alternative name."
    }
    if (-not $certificate.HasPrivateKey) {
        throw "Certificate $CertificateThumbprint has no private key here. Import it with its key (a .pfx file)."
    }
    if ($certificate.NotAfter -lt (Get-Date)) {
        throw "Certificate $CertificateThumbprint has expired. Get a new one and give its thumbprint."
    }
}

# The service has to run for its settings to be read at all.
function Enable-WinRm {
    [CmdletBinding(SupportsShouldProcess)]
    param()

    $service = Get-Service -Name 'WinRM'
    if ($service.StartType.ToString() -ne 'Automatic' -and $PSCmdlet.ShouldProcess('service WinRM', 'start with Windows')) {
        Set-Service -Name 'WinRM' -StartupType 'Automatic'
    }
    if ($service.Status.ToString() -ne 'Running' -and $PSCmdlet.ShouldProcess('service WinRM', 'start')) {
        Start-Service -Name 'WinRM'
    }
}

# WinRM takes the agent's client certificate for its account. An older entry is made anew, so that it has this password.
function Set-CertificateLogin {
    [CmdletBinding(SupportsShouldProcess)]
    param()

    if (-not $PSCmdlet.ShouldProcess('WinRM', "take certificates of $ClientCertificateSubject for $ServiceAccount")) {
        return
    }
    Set-Item -Path 'WSMan:\localhost\Service\Auth\Certificate' -Value $true
    $mappings = @(Get-ChildItem -Path 'WSMan:\localhost\ClientCertificate' | Where-Object {
            $_.Keys -contains "Issuer=$ClientCertificateIssuer" -and $_.Keys -contains "Subject=$ClientCertificateSubject"
        })
    foreach ($mapping in $mappings) {
        Remove-Item -Path "WSMan:\localhost\ClientCertificate\$($mapping.Name)" -Recurse
    }
    $parameters = @{
        Path       = 'WSMan:\localhost\ClientCertificate'
        Issuer     = $ClientCertificateIssuer
        Subject    = $ClientCertificateSubject
        URI        = '*'
        Credential = [pscredential]::new($ServiceAccount, $ServicePassword)
        Force      = $true
    }
    New-Item @parameters | Out-Null
    # Over the network a local administrator is none, unless this is set. It is so for all of them: not for a script to decide.
    $policy = Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System' -Name 'LocalAccountTokenFilterPolicy' -ErrorAction SilentlyContinue
    if ($null -eq $policy -or $policy.LocalAccountTokenFilterPolicy -ne 1) {
        Write-Warning "Windows takes the rights of an administrator from local users that come over the network, $ServiceAccount among them, so that Hyper-V refuses the agent. Set LocalAccountTokenFilterPolicy to 1 (a DWORD in HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System) if that may be so for all local administrators."
    }
}

function Set-Listener {
    [CmdletBinding(SupportsShouldProcess)]
    param([string] $FullName)

    $listener = @(Get-ChildItem -Path 'WSMan:\localhost\Listener' | Where-Object { $_.Keys -contains 'Transport=HTTPS' })
    if ($listener.Count -gt 0) {
        $thumbprint = Get-Item -Path "WSMan:\localhost\Listener\$($listener[0].Name)\CertificateThumbprint"
        if (($thumbprint.Value -replace '\s', '') -eq $CertificateThumbprint) {
            Write-Verbose 'The listener for HTTPS is there, with this certificate.'
            return
        }
        if ($PSCmdlet.ShouldProcess('WinRM listener for HTTPS', "use certificate $CertificateThumbprint")) {
            Remove-Item -Path "WSMan:\localhost\Listener\$($listener[0].Name)" -Recurse
        }
    }
    if ($PSCmdlet.ShouldProcess("WinRM listener for HTTPS, $FullName", 'create')) {
        $parameters = @{
            Path                  = 'WSMan:\localhost\Listener'
            Transport             = 'HTTPS'
            Address               = '*'
            HostName              = $FullName
            CertificateThumbPrint = $CertificateThumbprint
            Force                 = $true
        }
        New-Item @parameters | Out-Null
    }
}

function Grant-ServiceLogon {
    [CmdletBinding(SupportsShouldProcess)]
    param([string] $Sid)

    $folder = Join-Path -Path ([System.IO.Path]::GetTempPath()) -ChildPath ([System.Guid]::NewGuid().ToString())
    $secedit = Join-Path -Path $env:SystemRoot -ChildPath 'System32\secedit.exe'
    if (-not $PSCmdlet.ShouldProcess($ServiceAccount, 'grant the right to log on as a service')) {
        return
    }
    New-Item -Path $folder -ItemType 'Directory' | Out-Null
    try {
        $exported = Join-Path -Path $folder -ChildPath 'now.inf'
        & $secedit '/export' '/cfg' $exported '/areas' 'USER_RIGHTS' | Out-Null
        if ($LASTEXITCODE -ne 0) {
            throw "The rights of accounts could not be read (secedit ended with $LASTEXITCODE). Give $ServiceAccount the right 'Log on as a service' by policy."
        }
        $line = @(Get-Content -LiteralPath $exported | Where-Object { $_ -match '^SeServiceLogonRight\s*=' })
        $holders = @()
        if ($line.Count -gt 0) {
            $holders = @(($line[0] -split '=', 2)[1].Trim() -split '\s*,\s*' | Where-Object { $_ })
        }
        if ("*$Sid" -in $holders) {
            return
        }
        $wanted = Join-Path -Path $folder -ChildPath 'wanted.inf'
        $text = @(
            '[Unicode]'
            'Unicode=yes'
            '[Version]'
            'signature="$CHICAGO$"'
            'Revision=1'
            '[Privilege Rights]'
            "SeServiceLogonRight = $(($holders + "*$Sid") -join ',')"
        )
        Set-Content -LiteralPath $wanted -Value $text -Encoding 'Unicode'
        $database = Join-Path -Path $folder -ChildPath 'rights.sdb'
        & $secedit '/configure' '/db' $database '/cfg' $wanted '/areas' 'USER_RIGHTS' | Out-Null
        if ($LASTEXITCODE -ne 0) {
            throw "The right could not be given (secedit ended with $LASTEXITCODE). Give $ServiceAccount the right 'Log on as a service' by policy."
        }
    } finally {
        Remove-Item -LiteralPath $folder -Recurse -Force
    }
}

function Add-ToGroup {
    [CmdletBinding(SupportsShouldProcess)]
    param([string] $Sid)

    $localGroup = Get-LocalGroup -SID $groupSids[$Group]
    try {
        $members = @(Get-LocalGroupMember -SID $groupSids[$Group] | ForEach-Object { $_.SID.Value })
    } catch {
        # One member that no longer exists makes the whole list fail; adding says itself whether the account is there.
        $members = @()
    }
    if ($Sid -in $members -or -not $PSCmdlet.ShouldProcess($localGroup.Name, "add $ServiceAccount")) {
        return
    }
    try {
        Add-LocalGroupMember -SID $groupSids[$Group] -Member $Sid
    } catch {
        if ($_.FullyQualifiedErrorId -notlike 'MemberExists*') {
            throw
        }
    }
}

function Set-FirewallRule {
    [CmdletBinding(SupportsShouldProcess)]
    param([string] $Name, [string] $DisplayName, [int[]] $LocalPort)

    $existing = Get-NetFirewallRule -Name $Name -ErrorAction SilentlyContinue
    if (-not $PSCmdlet.ShouldProcess("firewall rule $Name", "let TCP $($LocalPort -join ', ') in from $($RemoteAddress -join ', ')")) {
        return
    }
    # Made anew, so that it says what was asked for now.
    if ($null -ne $existing) {
        Remove-NetFirewallRule -Name $Name
    }
    $rule = @{
        Name          = $Name
        DisplayName   = $DisplayName
        Group         = 'Drover'
        Direction     = 'Inbound'
        Action        = 'Allow'
        Protocol      = 'TCP'
        LocalPort     = @($LocalPort | ForEach-Object { "$_" })
        RemoteAddress = $RemoteAddress
        Profile       = if ($isInDomain) { 'Domain' } else { 'Private' }
    }
    New-NetFirewallRule @rule | Out-Null
}

function Set-Migration {
    [CmdletBinding(SupportsShouldProcess)]
    param()

    $vmHost = Get-VMHost
    if (-not $vmHost.VirtualMachineMigrationEnabled -and $PSCmdlet.ShouldProcess('Hyper-V', 'enable live migrations')) {
        Enable-VMMigration
    }
    if ($vmHost.VirtualMachineMigrationAuthenticationType.ToString() -ne 'Kerberos' -and
        $PSCmdlet.ShouldProcess('Hyper-V', 'authenticate live migrations with Kerberos')) {
        Set-VMHost -VirtualMachineMigrationAuthenticationType 'Kerberos'
    }
}

function Invoke-Procrun {
    param([string[]] $ArgumentList, [string] $Purpose)

    & (Join-Path -Path $root -ChildPath 'bin\prunsrv.exe') @ArgumentList
    if ($LASTEXITCODE -ne 0) {
        throw "The service could not be $Purpose (prunsrv.exe ended with $LASTEXITCODE). Its log is in $(Join-Path -Path $env:ProgramData -ChildPath 'Drover\logs')."
    }
}

# The configuration names files with keys, and what the node has promised lies here: nobody else has to read it.
function Protect-DataFolder {
    [CmdletBinding(SupportsShouldProcess)]
    param([string] $Sid)

    $folder = Join-Path -Path $env:ProgramData -ChildPath 'Drover'
    if (-not $PSCmdlet.ShouldProcess($folder, "let in only SYSTEM, Administrators and $ServiceAccount")) {
        return
    }
    New-Item -Path $folder -ItemType 'Directory' -Force | Out-Null
    $security = [System.Security.AccessControl.DirectorySecurity]::new()
    # What the folder above gives to all users is not inherited any more.
    $security.SetAccessRuleProtection($true, $false)
    foreach ($identity in @('S-1-5-18', 'S-1-5-32-544', $Sid)) {
        $security.AddAccessRule([System.Security.AccessControl.FileSystemAccessRule]::new(
                [System.Security.Principal.SecurityIdentifier]::new($identity),
                'FullControl', 'ContainerInherit, ObjectInherit', 'None', 'Allow'))
    }
    Set-Acl -LiteralPath $folder -AclObject $security
}

function Install-AgentService {
    [CmdletBinding(SupportsShouldProcess)]
    param([int] $JavaMajor)

    $definition = Import-PowerShellDataFile -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath 'drover-agent.psd1')
    $logs = Join-Path -Path $env:ProgramData -ChildPath 'Drover\logs'
    $options = @($definition.JvmOptions)
    if ($JavaMajor -ge 24) {
        $options += $definition.JvmOptions24
    }
    $passedOn = @($options | Where-Object { $_ -ne '-Xrs' }) -join ' '
    $options += "-Ddrover.jvm.flags=$passedOn"
    $startParams = @($definition.StartParams | ForEach-Object { $_.Replace('{config}', $ConfigPath) })
    # Procrun splits lists at these two characters.
    foreach ($text in $options + $startParams) {
        if ($text -match '[;#]') {
            throw "'$text' holds ; or #, at which the service would split it. Choose a path without them."
        }
    }
    $exists = $null -ne (Get-Service -Name $definition.Name -ErrorAction SilentlyContinue)
    $verb = if ($exists) { '//US//' } else { '//IS//' }
    $arguments = @(
        "$verb$($definition.Name)"
        "--Install=$(Join-Path -Path $root -ChildPath 'bin\prunsrv.exe')"
        "--DisplayName=$($definition.DisplayName)"
        "--Description=$($definition.Description)"
        "--Startup=$($definition.Startup)"
        "--DependsOn=$($definition.DependsOn -join ';')"
        "--JavaHome=$JavaHome"
        "--Jvm=$(Join-Path -Path $JavaHome -ChildPath 'bin\server\jvm.dll')"
        "--JvmOptions=$($options -join ';')"
        "--Classpath=$(Join-Path -Path $root -ChildPath 'lib\drover-daemon.jar')"
        '--StartMode=jvm'
        "--StartClass=$($definition.StartClass)"
        "--StartParams=$($startParams -join ';')"
        "--StartPath=$(Join-Path -Path $env:ProgramData -ChildPath 'Drover')"
        '--StopMode=jvm'
        "--StopClass=$($definition.StopClass)"
        "--StopMethod=$($definition.StopMethod)"
        "--StopTimeout=$($definition.StopTimeout)"
        "--LogPath=$logs"
        '--LogPrefix=drover-service'
        '--StdOutput=auto'
        '--StdError=auto'
    )
    if (-not $PSCmdlet.ShouldProcess("service $($definition.Name)", $(if ($exists) { 'update' } else { 'install' }))) {
        return
    }
    New-Item -Path $logs -ItemType 'Directory' -Force | Out-Null
    Invoke-Procrun -ArgumentList $arguments -Purpose 'installed'
    Set-ServiceAccount -Name $definition.Name
}

function Set-ServiceAccount {
    [CmdletBinding(SupportsShouldProcess)]
    param([string] $Name)

    # By a method and not by an argument of a program: other users can read arguments. None means a managed account.
    $password = $null
    if ($null -ne $ServicePassword) {
        $password = [System.Net.NetworkCredential]::new('', $ServicePassword).Password
    }
    if (-not $PSCmdlet.ShouldProcess("service $Name", "run as $ServiceAccount")) {
        return
    }
    $service = Get-CimInstance -ClassName 'Win32_Service' -Filter "Name = '$Name'"
    $result = Invoke-CimMethod -InputObject $service -MethodName 'Change' -Arguments @{
        StartName     = $ServiceAccount
        StartPassword = $password
    }
    if ($result.ReturnValue -ne 0) {
        throw "The service $Name could not be given the account $ServiceAccount (Win32_Service.Change returned $($result.ReturnValue)). Check the password, or, for a managed account, that this host may retrieve it (Test-ADServiceAccount)."
    }
}

function Test-Delegation {
    param([string] $FullName)

    $searcher = [adsisearcher] "(&(objectCategory=computer)(dNSHostName=$FullName))"
    $searcher.PropertiesToLoad.AddRange(@('msDS-AllowedToDelegateTo', 'userAccountControl'))
    $found = $searcher.FindOne()
    if ($null -eq $found) {
        Write-Warning "Delegation was not checked: no computer with the name $FullName was found in the domain."
        return
    }
    $granted = @($found.Properties['msds-allowedtodelegateto'])
    $wanted = @(foreach ($other in $OtherHosts) {
            foreach ($service in @('Microsoft Virtual System Migration Service', 'cifs')) {
                "$service/$other"
                "$service/$(($other -split '\.')[0])"
            }
        })
    $missing = @($wanted | Where-Object { $_ -notin $granted })
    # TRUSTED_TO_AUTH_FOR_DELEGATION: "use any authentication protocol".
    $anyProtocol = ([int] $found.Properties['useraccountcontrol'][0] -band 0x1000000) -ne 0
    if ($missing.Count -gt 0 -or -not $anyProtocol) {
        Write-Warning "VMs cannot be moved from here yet: a domain administrator has to run the script of delegation. Missing: $($missing -join ', ')$(if (-not $anyProtocol) { ' (and: use any authentication protocol)' })"
    }
}

Assert-System
$computer = Get-CimInstance -ClassName 'Win32_ComputerSystem'
$isInDomain = $computer.PartOfDomain
Assert-Login
$fullName = Get-FullName
$javaMajor = Get-JavaMajor
$accountSid = Get-AccountSid
Assert-Certificate -FullName $fullName
if (-not (Test-Path -LiteralPath $ConfigPath -PathType 'Leaf')) {
    throw "There is no configuration file $ConfigPath. Copy $(Join-Path -Path $root -ChildPath 'conf\agent.example.yaml') there and edit it."
}
$ConfigPath = (Get-Item -LiteralPath $ConfigPath).FullName

Enable-WinRm
Set-Listener -FullName $fullName
if (-not $isInDomain) {
    Set-CertificateLogin
}
Grant-ServiceLogon -Sid $accountSid
Add-ToGroup -Sid $accountSid
Set-FirewallRule -Name 'Drover-Agent' -DisplayName 'Drover' -LocalPort $Ports
Set-FirewallRule -Name 'Drover-WinRM-HTTPS' -DisplayName 'Drover: WinRM by HTTPS' -LocalPort 5986
Set-FirewallRule -Name 'Drover-Migration' -DisplayName 'Drover: live migrations' -LocalPort 6600
if ($isInDomain) {
    Set-Migration
}
Protect-DataFolder -Sid $accountSid
Install-AgentService -JavaMajor $javaMajor
if ($OtherHosts.Count -gt 0 -and $isInDomain) {
    Test-Delegation -FullName $fullName
}
if ($Start -and $PSCmdlet.ShouldProcess('service drover-agent', 'start')) {
    Start-Service -Name 'drover-agent'
}
