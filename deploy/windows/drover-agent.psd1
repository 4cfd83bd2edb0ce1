# The service of the agent, as Apache Commons Daemon (procrun) runs it: Install-Drover.ps1 reads this and fills in {...}.
# A guard needs no service: the agent starts it, and it outlives the agent.
@{
    Name        = 'drover-agent'
    DisplayName = 'Drover agent'
    Description = 'Keeps the virtual machines of this host running as part of its cluster.'
    # Delayed: after all that starts at once, so that the network and Hyper-V have had their turn.
    Startup     = 'delayed'
    # Tcpip and Afd would be added by procrun only when it installs, not when it updates.
    DependsOn   = @('Tcpip', 'Afd', 'vmms', 'winrm')

    StartClass  = 'io.drover.cli.Drover'
    StartParams = @('agent', '--config', '{config}')
    # Procrun knows this class, and calls exit(0) of it: the agent then does what it does when told to end.
    StopClass   = 'java.lang.System'
    StopMethod  = 'exit'
    # Seconds. As in the unit of systemd.
    StopTimeout = 90

    # The same flags as in bin\drover.cmd; deploy/check-windows-package compares them. -Xrs is procrun's own default:
    # without it, the JVM would end when the administrator signs out.
    JvmOptions  = @(
        '-Xrs'
        '-XX:+IgnoreUnrecognizedVMOptions'
        '-XX:+UseSerialGC'
        '-XX:TieredStopAtLevel=1'
        '-Xss512k'
        '-XX:-UsePerfData'
        '-XX:+UseCompressedOops'
        '-XX:+UnlockDiagnosticVMOptions'
        '-XX:ArchiveRelocationMode=0'
        '-Xshare:auto'
        '-Xlog:cds=off'
        '-Xlog:cds+dynamic=off'
        '-Dio.grpc.netty.shaded.io.netty.allocator.numDirectArenas=1'
        '-Dio.grpc.netty.shaded.io.netty.allocator.numHeapArenas=1'
        '-Dio.grpc.netty.shaded.io.netty.allocator.maxOrder=5'
        '-Dio.grpc.netty.shaded.io.netty.jfr.enabled=false'
        '-Xms5m'
        '-Xmx64m'
        '-Xmn1m'
        '-XX:MinHeapFreeRatio=10'
        '-XX:MaxHeapFreeRatio=30'
        '-XX:CompileThresholdScaling=8'
    )
    # From Java 24 on, in addition.
    JvmOptions24 = @(
        '--enable-native-access=ALL-UNNAMED'
        '--sun-misc-unsafe-memory-access=allow'
    )
}
